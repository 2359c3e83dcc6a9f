/**
 * Configurations of `xl` and `xm` as values. xm read them as Python programs: here they are only read. What is no plain
 * value is unknown, and said to be; nothing is ever executed.
 * @module
 */

/** A value that was written down, or `undefined` where an expression would have to be computed. */
export type ConfigValue = string | number | readonly ConfigValue[] | undefined

export interface ConfigProblem {
  /** From 1. */
  line: number
  message: string
}

export interface ConfigValues {
  values: Map<string, { value: ConfigValue; line: number }>
  problems: ConfigProblem[]
}

/** After so many faults no more of the text is read. */
const MAX_PROBLEMS = 20
const MAX_NESTING = 32
const MAX_ITEMS = 10_000
/** An open bracket is looked for so many lines. */
const MAX_LINES = 2_000

class NotPlain extends Error {}
class Broken extends Error {}

const ASSIGNMENT = /[A-Za-z_]\w*[ \t]*\+?=(?!=)/y

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }

/** Reads assignments; the last one of a name counts. */
export function configValues(text: string): ConfigValues {
  return new Parser(text).read()
}

class Parser {
  readonly #text: string
  #at = 0
  #line = 1
  readonly #values: ConfigValues['values'] = new Map()
  readonly #problems: ConfigProblem[] = []
  #lastLine = Number.POSITIVE_INFINITY

  constructor(text: string) {
    this.#text = text
  }

  read(): ConfigValues {
    let block = false
    while (this.#at < this.#text.length && this.#problems.length < MAX_PROBLEMS) {
      const indented = this.#skipBlank()
      if (this.#at >= this.#text.length) break
      // What is indented belongs to a block of Python, which may run or not.
      if (!indented) block = false
      const line = this.#line
      const name = this.#match(/([A-Za-z_]\w*)[ \t]*(\+?=)(?!=)[ \t]*/y)
      if (name === undefined) {
        block = this.#code(block)
      } else if (block) {
        this.#values.set(name[1]!, { value: undefined, line })
        this.#skipLine()
      } else this.#assign(name[1]!, name[2] === '+=', line)
    }
    if (this.#problems.length >= MAX_PROBLEMS) {
      this.#problems.push({
        line: this.#line,
        message: `expected at most ${MAX_PROBLEMS} faults, found more: the rest is not read`,
      })
    }
    return { values: this.#values, problems: this.#problems }
  }

  /** A line that assigns nothing: code of xm's days. Returns whether a block follows. */
  #code(block: boolean): boolean {
    const start = this.#at
    const line = this.#line
    this.#skipLine()
    const code = this.#text.slice(start, this.#at).trim()
    if (!block) {
      const shown = code.length > 60 ? `${code.slice(0, 59)}…` : code
      this.#problems.push({
        line,
        message: `expected NAME = VALUE, found ${JSON.stringify(shown)}, which is passed over: code is never executed`,
      })
    }
    return block || /:\s*(?:#.*)?$/.test(code)
  }

  #assign(name: string, append: boolean, line: number) {
    const start = { at: this.#at, line: this.#line }
    this.#lastLine = this.#line + MAX_LINES
    let value: ConfigValue
    try {
      value = this.#expression(0)
      if (!this.#atEnd()) throw new NotPlain()
    } catch (error) {
      if (error instanceof NotPlain) {
        value = undefined
        this.#problems.push({
          line,
          message: `expected a plain value for ${name}, found an expression, which is not computed: its value is not known`,
        })
      } else if (error instanceof Broken) {
        value = undefined
        this.#problems.push({ line, message: `expected ${error.message} for ${name}` })
      } else throw error
      this.#at = start.at
      this.#line = start.line
      this.#skipStatement(!(error instanceof Broken))
    }
    const before = append ? this.#values.get(name) : undefined
    this.#values.set(name, { value: before === undefined ? value : joined(before.value, value), line })
  }

  #expression(depth: number): ConfigValue {
    let value = this.#primary(depth)
    for (;;) {
      this.#skipSpace(depth > 0)
      const char = this.#text[this.#at]
      if (char === '"' || char === "'") value = joined(value, this.#string())
      else if (char === '+') {
        this.#at++
        this.#skipSpace(depth > 0)
        value = joined(value, this.#primary(depth))
      } else return value
    }
  }

  #primary(depth: number): ConfigValue {
    if (this.#match(/(?:[rRuUbB]{1,2})(?=['"])/y) !== undefined) return this.#string()
    const char = this.#text[this.#at]
    if (char === '"' || char === "'") return this.#string()
    if (char === '[' || char === '(') return this.#list(char === '[' ? ']' : ')', depth + 1)
    const number = this.#match(/-?(?:0[xX][\da-fA-F]+|\d+)(?![\w.])/y)
    if (number !== undefined) return Number(number[0])
    const word = this.#match(/[A-Za-z_]\w*(?![\w.]*[ \t]*[(.[])/y)?.[0]
    if (word === 'True') return 1
    if (word === 'False') return 0
    if (word === 'None') return ''
    const known = word === undefined ? undefined : this.#values.get(word)
    if (known === undefined) throw new NotPlain()
    return known.value
  }

  #list(end: string, depth: number): ConfigValue {
    if (depth > MAX_NESTING) throw new Broken(`at most ${MAX_NESTING} levels of brackets, found more`)
    const line = this.#line
    this.#at++
    const items: ConfigValue[] = []
    for (;;) {
      this.#skipSpace(true)
      if (this.#at >= this.#text.length || this.#line > this.#lastLine || this.#isAssignment())
        throw new Broken(`a ${end} after the bracket of line ${line}, found none`)
      if (this.#text[this.#at] === end) {
        this.#at++
        return items
      }
      if (items.length === MAX_ITEMS) throw new Broken(`at most ${MAX_ITEMS} items, found more`)
      items.push(this.#expression(depth))
      this.#skipSpace(true)
      if (this.#text[this.#at] === ',') this.#at++
      else if (this.#at < this.#text.length && this.#text[this.#at] !== end) throw new NotPlain()
    }
  }

  #string(): string {
    const quote = this.#text[this.#at]!
    const long = this.#text.startsWith(quote.repeat(3), this.#at)
    const end = long ? quote.repeat(3) : quote
    const line = this.#line
    this.#at += end.length
    let value = ''
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined || (char === '\n' && !long) || this.#line > this.#lastLine)
        throw new Broken(`a closing ${end} on line ${line}, found none`)
      if (this.#text.startsWith(end, this.#at)) {
        this.#at += end.length
        return value
      }
      if (char === '\n') this.#line++
      if (char === '\\') {
        const next = this.#text[this.#at + 1] ?? ''
        if (next === '\n') this.#line++
        value += ESCAPES[next] ?? next
        this.#at += 2
      } else {
        value += char
        this.#at++
      }
    }
  }

  /** Whether a line starts here that assigns something: what is open before it was never closed. */
  #isAssignment(): boolean {
    if (this.#text[this.#at - 1] !== '\n') return false
    ASSIGNMENT.lastIndex = this.#at
    return ASSIGNMENT.test(this.#text)
  }

  /** Whether nothing but a comment follows on this line, or a semicolon does. */
  #atEnd(): boolean {
    this.#skipSpace(false)
    const char = this.#text[this.#at]
    if (char === ';') this.#at++
    return char === undefined || char === '\n' || char === ';'
  }

  /** Goes over blanks and comments, and over line ends where `lines` says so. */
  #skipSpace(lines: boolean) {
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '\n' && lines) {
        this.#line++
        this.#at++
      } else if (char === '#') this.#toLineEnd()
      else if (char === '\\' && /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) {
        this.#line++
        this.#at = this.#text.indexOf('\n', this.#at) + 1
      } else if (char === ' ' || char === '\t' || char === '\r' || char === '\0') this.#at++
      else return
    }
  }

  /** To the next statement; true where that does not start its line. */
  #skipBlank(): boolean {
    for (;;) {
      const before = this.#at
      this.#skipSpace(true)
      if (this.#text[this.#at] === ';') this.#at++
      if (this.#at === before) break
    }
    return this.#at > 0 && /[ \t]/.test(this.#text[this.#at - 1]!)
  }

  #toLineEnd() {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end
  }

  #skipLine() {
    this.#toLineEnd()
    if (this.#at < this.#text.length) {
      this.#at++
      this.#line++
    }
  }

  /** Over the rest of a statement that is not understood: with `brackets`, to the end of what it has open. */
  #skipStatement(brackets: boolean) {
    let depth = 0
    do {
      if (depth > 0 && this.#isAssignment()) return
      const end = this.#text.indexOf('\n', this.#at)
      const text = this.#text.slice(this.#at, end === -1 ? undefined : end)
      for (const [found] of text.replace(/#.*$/, '').matchAll(/'[^']*'|"[^"]*"|[[({\])}]/g)) {
        if ('[({'.includes(found)) depth++
        else if ('])}'.includes(found)) depth--
      }
      this.#skipLine()
    } while (brackets && depth > 0 && this.#at < this.#text.length && this.#line <= this.#lastLine)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#at += found[0].length
    return found
  }
}

/** What `+` makes of two values: texts and lists only. */
function joined(first: ConfigValue, second: ConfigValue): ConfigValue {
  if (typeof first === 'string' && typeof second === 'string') return first + second
  if (typeof first === 'number' && typeof second === 'number') return first + second
  if (Array.isArray(first) && Array.isArray(second)) return [...first, ...second]
  return undefined
}
