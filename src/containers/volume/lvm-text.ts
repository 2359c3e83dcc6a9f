/** The text in which LVM2 keeps what its volumes are: sections, `name = value`, lists (lvm2 lib/format_text). */

export type LvmValue = string | number | LvmValue[]
export interface LvmSection {
  values: Map<string, LvmValue>
  sections: Map<string, LvmSection>
}

const MAX_DEPTH = 16
const MAX_TOKENS = 1_000_000

/** Raised where the text breaks the rules. */
export class LvmTextError extends Error {
  override name = 'LvmTextError'
}

/** Throws an LvmTextError. */
export function parseLvmText(text: string): LvmSection {
  const parser = new Parser(text)
  return parser.section(0, true)
}

class Parser {
  readonly #tokens: Iterator<string>
  #count = 0

  constructor(text: string) {
    const pattern = /#[^\n]*|"(?:[^"\\]|\\.)*"|[{}[\]=,]|[^\s{}[\]=,"#]+/g
    const tokens = function* () {
      for (const [token] of text.matchAll(pattern)) if (!token.startsWith('#')) yield token
    }
    this.#tokens = tokens()
  }

  #next(): string | undefined {
    if (++this.#count > MAX_TOKENS) throw new LvmTextError(`it has more than ${MAX_TOKENS} words`)
    const { value, done } = this.#tokens.next()
    return done === true ? undefined : value
  }

  section(depth: number, isOutermost = false): LvmSection {
    if (depth > MAX_DEPTH) throw new LvmTextError(`its sections are more than ${MAX_DEPTH} deep`)
    const section: LvmSection = { values: new Map(), sections: new Map() }
    while (true) {
      const name = this.#next()
      if (name === undefined && isOutermost) return section
      if (name === '}' && !isOutermost) return section
      if (name === undefined || /^[{}[\]=,"]/.test(name)) throw new LvmTextError('a name is missing')
      const mark = this.#next()
      if (mark === '{') section.sections.set(name, this.section(depth + 1))
      else if (mark === '=') section.values.set(name, this.#value(this.#next(), depth))
      else throw new LvmTextError(`${name} has neither a value nor a section`)
    }
  }

  #value(token: string | undefined, depth: number): LvmValue {
    if (token === '[' && depth < MAX_DEPTH) {
      const list: LvmValue[] = []
      for (let item = this.#next(); item !== ']'; item = this.#next()) {
        if (item !== ',') list.push(this.#value(item, depth + 1))
      }
      return list
    }
    if (token === undefined || /^[{}[\]=,]$/.test(token)) throw new LvmTextError('a value is missing')
    if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1')
    return /^-?\d{1,16}$/.test(token) ? Number(token) : token
  }
}
