/**
 * GRUB's script: text to statements. Source: GRUB manual, "Writing full configuration files"; grub-core/script/yylex.l
 * and parser.y. Only the shape is read here; what commands do is the interpreter's matter.
 * @module
 */

/** A piece of a word: literal text, or a variable. */
export type WordPart = { text: string } | { variable: string; quoted: boolean }

export interface Word {
  parts: readonly WordPart[]
  /** Any part of it was in quotes: it is a word even where it is empty. */
  quoted: boolean
  line: number
}

export type Statement =
  | { kind: 'command'; words: readonly Word[]; block?: readonly Statement[]; line: number }
  | {
      kind: 'if'
      clauses: readonly { condition: readonly Statement[]; body: readonly Statement[] }[]
      line: number
    }
  | { kind: 'loop'; word: string; line: number }
  | { kind: 'function'; name: string; body: readonly Statement[]; line: number }

export interface ScriptProblem {
  /** From 1. */
  line: number
  message: string
}

export interface Script {
  statements: readonly Statement[]
  problems: readonly ScriptProblem[]
}

/** Statements of one file; grub-mkconfig writes a few hundred. */
const MOST_STATEMENTS = 1_000_000
const DEEPEST = 64

type Token = { word: Word } | { operator: string; line: number }

const OPERATORS = new Set([';', '\n', '{', '}', '|', '&'])
const isSpace = (character: string) => character === ' ' || character === '\t' || character === '\r'

/** Parses a script. Never throws: what breaks the grammar ends it, with a problem. */
export function parseScript(text: string): Script {
  const problems: ScriptProblem[] = []
  const parser = new Parser(tokenize(text, problems), problems)
  return { statements: parser.parse(), problems }
}

function* tokenize(text: string, problems: ScriptProblem[]): Generator<Token> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const character = text[at]!
    if (isSpace(character) || character === '\0') {
      at++
    } else if (character === '\\' && text[at + 1] === '\n') {
      at += 2
      line++
    } else if (character === '#') {
      while (at < text.length && text[at] !== '\n') at++
    } else if (OPERATORS.has(character)) {
      yield { operator: character, line }
      if (character === '\n') line++
      at++
    } else {
      const start = line
      const parts: WordPart[] = []
      let literal = ''
      let quoted = false
      const push = (part?: WordPart) => {
        if (literal !== '') parts.push({ text: literal })
        literal = ''
        if (part !== undefined) parts.push(part)
      }
      const variable = (inQuotes: boolean): boolean => {
        const match = /^\$(?:\{(\w+|[?#*@])\}|(\w+|[?#*@]))/.exec(text.slice(at, at + 80))
        if (match === null) return false
        push({ variable: (match[1] ?? match[2])!, quoted: inQuotes })
        at += match[0].length
        return true
      }
      word: while (at < text.length) {
        const next = text[at]!
        if (isSpace(next) || OPERATORS.has(next)) break
        switch (next) {
          case '\\':
            if (text[at + 1] === '\n') line++
            else literal += text[at + 1] ?? ''
            at += 2
            break
          case "'": {
            quoted = true
            const end = text.indexOf("'", at + 1)
            if (end < 0) {
              problems.push({ line, message: 'a single quote is not closed' })
              literal += text.slice(at + 1)
              at = text.length
              break word
            }
            const inside = text.slice(at + 1, end)
            line += inside.split('\n').length - 1
            literal += inside
            at = end + 1
            break
          }
          case '"': {
            quoted = true
            at++
            while (at < text.length && text[at] !== '"') {
              if (text[at] === '\\' && /["$\\\n]/.test(text[at + 1] ?? '')) {
                if (text[at + 1] === '\n') line++
                else literal += text[at + 1]
                at += 2
              } else if (text[at] !== '$' || !variable(true)) {
                if (text[at] === '\n') line++
                literal += text[at]
                at++
              }
            }
            if (at >= text.length) problems.push({ line: start, message: 'a double quote is not closed' })
            at++
            break
          }
          case '$':
            if (!variable(false)) {
              literal += '$'
              at++
            }
            break
          default:
            literal += next
            at++
        }
      }
      push()
      yield { word: { parts, quoted, line: start } }
    }
  }
}

/** The text of a word that is written plainly, as keywords are. */
function plain(token: Token | undefined): string | undefined {
  if (token === undefined || !('word' in token) || token.word.quoted) return undefined
  const [only, ...more] = token.word.parts
  return only !== undefined && more.length === 0 && 'text' in only ? only.text : undefined
}

class Parser {
  readonly #tokens: Generator<Token>
  readonly #problems: ScriptProblem[]
  #next: Token | undefined
  #line = 1
  #count = 0
  #stopped = false

  constructor(tokens: Generator<Token>, problems: ScriptProblem[]) {
    this.#tokens = tokens
    this.#problems = problems
    this.#advance()
  }

  parse(): Statement[] {
    const statements: Statement[] = []
    while (this.#next !== undefined && !this.#stopped) {
      statements.push(...this.#statements([], 0))
      if (this.#next === undefined || this.#stopped) break
      this.#problem(
        `${plain(this.#next) ?? ('operator' in this.#next ? this.#next.operator : 'a word')} closes nothing`,
      )
      this.#advance()
    }
    return statements
  }

  #advance(): void {
    const { value } = this.#tokens.next()
    this.#next = value as Token | undefined
    if (this.#next !== undefined) this.#line = 'word' in this.#next ? this.#next.word.line : this.#next.line
  }

  #problem(message: string): void {
    if (this.#problems.length < 100) this.#problems.push({ line: this.#line, message })
  }

  #isOperator(operator: string): boolean {
    return this.#next !== undefined && 'operator' in this.#next && this.#next.operator === operator
  }

  /** Statements up to one of the keywords, or a closing brace, or the end. */
  #statements(until: readonly string[], depth: number): Statement[] {
    const statements: Statement[] = []
    if (depth > DEEPEST) {
      this.#problem(`blocks lie more than ${DEEPEST} deep in each other`)
      this.#stopped = true
      return statements
    }
    while (this.#next !== undefined && !this.#stopped) {
      if ('operator' in this.#next) {
        if (this.#isOperator('}')) return statements
        if (this.#isOperator('{')) this.#problem('a brace opens nothing')
        this.#advance()
        continue
      }
      const keyword = plain(this.#next)
      if (keyword !== undefined && until.includes(keyword)) return statements
      if (++this.#count > MOST_STATEMENTS) {
        this.#problem(`more than ${MOST_STATEMENTS} statements`)
        this.#stopped = true
        return statements
      }
      statements.push(this.#statement(keyword, depth))
    }
    return statements
  }

  #statement(keyword: string | undefined, depth: number): Statement {
    const line = this.#line
    switch (keyword) {
      case 'if':
        return this.#if(depth, line)
      case 'while':
      case 'until':
      case 'for':
        this.#advance()
        this.#statements(['do'], depth + 1)
        this.#expect('do')
        this.#statements(['done'], depth + 1)
        this.#expect('done')
        return { kind: 'loop', word: keyword, line }
      case 'function': {
        this.#advance()
        const name = plain(this.#next) ?? ''
        this.#advance()
        return { kind: 'function', name, body: this.#block(depth) ?? [], line }
      }
      default:
        return this.#command(depth, line)
    }
  }

  #command(depth: number, line: number): Statement {
    const words: Word[] = []
    while (this.#next !== undefined && 'word' in this.#next) {
      words.push(this.#next.word)
      this.#advance()
    }
    const block = this.#isOperator('{') ? this.#block(depth) : undefined
    return { kind: 'command', words, line, ...(block !== undefined && { block }) }
  }

  #block(depth: number): Statement[] | undefined {
    while (this.#isOperator('\n')) this.#advance()
    if (!this.#isOperator('{')) return undefined
    this.#advance()
    const body = this.#statements([], depth + 1)
    if (this.#isOperator('}')) this.#advance()
    else this.#problem('a brace is not closed')
    return body
  }

  #if(depth: number, line: number): Statement {
    const clauses: { condition: Statement[]; body: Statement[] }[] = []
    this.#advance()
    for (;;) {
      const condition = this.#statements(['then'], depth + 1)
      this.#expect('then')
      const body = this.#statements(['elif', 'else', 'fi'], depth + 1)
      clauses.push({ condition, body })
      const keyword = plain(this.#next)
      if (keyword === 'elif') {
        this.#advance()
        continue
      }
      if (keyword === 'else') {
        this.#advance()
        clauses.push({ condition: [], body: this.#statements(['fi'], depth + 1) })
      }
      this.#expect('fi')
      return { kind: 'if', clauses, line }
    }
  }

  #expect(keyword: string): void {
    if (plain(this.#next) === keyword) this.#advance()
    else if (!this.#stopped) {
      this.#problem(`expected ${keyword}`)
      // A clause that goes on to the end of the file is no reason to read it again.
      if (this.#isOperator('}')) return
      this.#stopped = this.#next === undefined
    }
  }
}
