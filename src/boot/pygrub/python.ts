/** What pygrub's answers owe to Python: its text functions, and its exceptions. */

export type PythonVersion = 2 | 3

/** A Python exception that ends pygrub, or loses a partition. */
export class PythonError extends Error {
  override name = 'PythonError'
  /** As the last line of a traceback: `ValueError: default must be positive number`. */
  readonly line: string

  constructor(type: string, message: string) {
    const line = `${type}: ${message}`
    super(line)
    this.line = line
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Not TextDecoder's `latin1`, which is windows-1252. */
function latin1(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  }
  return pieces.join('')
}

type IsSpace = (character: string) => boolean

const isByteSpace: IsSpace = character => /[\t-\r ]/.test(character)
/** str.isspace: JavaScript has the byte order mark, and not the separators of ASCII and the next-line control. */
const isTextSpace: IsSpace = character => {
  const code = character.charCodeAt(0)
  if ((code >= 0x1c && code <= 0x1f) || code === 0x85) return true
  return code !== 0xfeff && /\s/.test(character)
}

/**
 * Strings of one Python version. Python 2 reads a configuration as bytes (here Latin-1: one character a byte), Python 3
 * as text.
 */
export class PythonText {
  readonly version: PythonVersion
  readonly #isSpace: IsSpace

  constructor(version: PythonVersion) {
    this.version = version
    this.#isSpace = version === 2 ? isByteSpace : isTextSpace
  }

  /** The text of a file: of Python 2 one character a byte, of Python 3 UTF-8 without a fault. */
  decode(bytes: Uint8Array): string {
    if (this.version === 2) return latin1(bytes)
    try {
      return utf8.decode(bytes)
    } catch {
      throw new PythonError('UnicodeDecodeError', "'utf-8' codec can't decode the configuration")
    }
  }

  /** What a name or an argument means outside: the bytes of Python 2 as UTF-8, where they are that. */
  name(text: string): string {
    if (this.version === 3 || !/[\x80-\xff]/.test(text)) return text
    try {
      return utf8.decode(Uint8Array.from(text, character => character.charCodeAt(0)))
    } catch {
      return text
    }
  }

  /** s.strip() */
  strip(text: string): string {
    let start = 0
    let end = text.length
    while (start < end && this.#isSpace(text[start]!)) start++
    while (end > start && this.#isSpace(text[end - 1]!)) end--
    return text.slice(start, end)
  }

  /** s.split(None, most): `most` is the number of cuts. */
  split(text: string, most = Number.POSITIVE_INFINITY): string[] {
    const parts: string[] = []
    let at = 0
    for (;;) {
      while (at < text.length && this.#isSpace(text[at]!)) at++
      if (at >= text.length) return parts
      if (parts.length === most) return [...parts, text.slice(at)]
      let end = at
      while (end < text.length && !this.#isSpace(text[end]!)) end++
      parts.push(text.slice(at, end))
      at = end
    }
  }

  /** int(s) */
  int(text: string): number {
    const digits = this.version === 2 ? /^[+-]?[0-9]+$/ : /^[+-]?[0-9]+(?:_[0-9]+)*$/
    const stripped = this.strip(text)
    if (!digits.test(stripped)) {
      throw new PythonError('ValueError', `invalid literal for int() with base 10: ${repr(text)}`)
    }
    return Number(stripped.replaceAll('_', ''))
  }
}

/** s.split(separator, most) */
export function splitAt(text: string, separator: string, most: number): string[] {
  const parts: string[] = []
  let at = 0
  while (parts.length < most) {
    const found = text.indexOf(separator, at)
    if (found < 0) break
    parts.push(text.slice(at, found))
    at = found + separator.length
  }
  return [...parts, text.slice(at)]
}

/** (a, b) = list */
export function unpackTwo(parts: readonly string[]): [string, string] {
  if (parts.length > 2) throw new PythonError('ValueError', 'too many values to unpack')
  if (parts.length < 2) {
    throw new PythonError(
      'ValueError',
      `need more than ${parts.length} value${parts.length === 1 ? '' : 's'} to unpack`,
    )
  }
  return [parts[0]!, parts[1]!]
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** repr() of a byte string under Python 2. */
export function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = [...text].map(character => {
    const known = ESCAPES[character] ?? (character === quote ? `\\${quote}` : undefined)
    if (known !== undefined) return known
    const code = character.charCodeAt(0)
    return code < 0x20 || code >= 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : character
  })
  return quote + body.join('') + quote
}

export const reprList = (texts: readonly string[]): string => `[${texts.map(repr).join(', ')}]`

/** exec("… = r\"text\""): what a value is worth that is put into a statement. */
export function evaluateRaw(text: string): string {
  let value = ''
  let rest = `r"${text}"`
  for (;;) {
    const literal = /^r?"((?:[^"\\]|\\.)*)"[ \t]*/.exec(rest)
    if (literal === null) {
      throw new PythonError('SyntaxError', 'EOL while scanning string literal')
    }
    value += literal[1]!
    rest = rest.slice(literal[0].length)
    if (rest === '' || rest.startsWith('#')) return value
    if (!rest.startsWith('"')) throw new PythonError('SyntaxError', 'invalid syntax')
  }
}
