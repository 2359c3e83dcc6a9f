/**
 * YAML and JSON as plain values, with the line of everything in them. Numbers with a fraction stay text,
 * since 4.10 is a version and not 4.1; so do integers that would not print as they were written.
 * @module
 */

/** A field's name or an index. */
export type Step = string | number
export type Path = readonly Step[]

export interface TreeError {
  line: number
  /** The path of the field, where one is concerned. */
  path?: Path
  message: string
}

export interface Tree {
  /** Objects have no prototype, so that `__proto__` is a key as any other. */
  value: unknown
  errors: TreeError[]
  /** Set where the text could not be read to its end: what is there of a value says nothing. */
  isBroken?: true
  /** The line of the value at this path, or of the closest value around it. */
  lineOf(path: Path): number
}

/** The lines of what is in one object or array, by key or index. */
export interface ContainerLines {
  self: number
  of: Map<Step, number>
}
export type Lines = WeakMap<object, ContainerLines>

/** Far above any inventory, far below what exhausts the stack. */
export const MAX_DEPTH = 100

/** What is broken in one place tends to break all that follows. */
const MAX_ERRORS = 20

/** The first errors by line, and how many more there are. */
export function capped(errors: TreeError[]): TreeError[] {
  errors.sort((a, b) => a.line - b.line)
  if (errors.length <= MAX_ERRORS) return errors
  const more = errors.length - MAX_ERRORS
  const { line } = errors[MAX_ERRORS]!
  return [...errors.slice(0, MAX_ERRORS), { line, message: `and ${more} more like these` }]
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text where the number would not say what was written: `4.10`, `007`, and all that is not of JSON. */
export function plain(value: unknown, source: string | undefined): unknown {
  if (typeof value === 'number') return String(value) === source ? value : (source ?? String(value))
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  return source ?? String(value)
}

/** A lone surrogate cannot be part of a JSON pointer. */
export function wellFormed(key: string): string {
  return key.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** The complaint about a key that is given twice; the first one counts. */
export function givenTwice(path: Path, line: number, first: number): TreeError {
  return { line, path, message: `expected once, found again after line ${first}` }
}

/** Follows `path` through `value` as far as lines are known. */
export function lineOf(value: unknown, lines: Lines, path: Path, otherwise: number): number {
  const linesOf = (at: unknown) => (typeof at === 'object' && at !== null ? lines.get(at) : undefined)
  let line = linesOf(value)?.self ?? otherwise
  let at = value
  for (const step of path) {
    const known = linesOf(at)
    if (!known) return line
    line = known.of.get(step) ?? known.self
    at = (at as Record<Step, unknown>)[step]
  }
  return line
}

/** A path as people write it: `hosts[2].build.pv32`. */
export function fieldName(path: Path): string {
  return path
    .map(step =>
      typeof step === 'number'
        ? `[${step}]`
        : /^[\w-]+$/.test(step)
          ? `.${step}`
          : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '')
}
