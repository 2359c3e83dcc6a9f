/** Values of a script's variables, of which some depend on the machine. */

/** A variable's value; what may be one of several is not known. */
export type Value = string | { candidates: readonly string[] }

/** How many values a variable is followed with. */
export const MOST_CANDIDATES = 16

/** A value inside expanded text: what is not known is put between private characters, which no configuration has. */
export const textOfValue = (value: Value): string =>
  typeof value === 'string' ? value : `\uE000${value.candidates.join('\uE002')}\uE001`

/** Whether expanded text depends on what is not known. */
export const isOpen = (text: string): boolean => text.includes('\uE000')

/** The value of expanded text. */
export function valueOfText(text: string): Value {
  const match = /^\uE000(.*)\uE001$/.exec(text)
  return match === null ? text : { candidates: match[1]!.split('\uE002') }
}

/** The value of a variable that has `a` or `b`. */
export function eitherOf(a: Value, b: Value): Value {
  if (a === b) return a
  const all = [a, b].flatMap(value => (typeof value === 'string' ? [value] : value.candidates))
  const candidates = [...new Set(all)].slice(0, MOST_CANDIDATES)
  return candidates.length === 1 ? candidates[0]! : { candidates }
}
