/**
 * JSON that can be compared by line: what is open gets a line for each of its parts, everything else takes one line.
 * @module
 */

/** Control characters that JSON lets stand, and format characters: on a terminal they would act, and not be seen. */
const ACTIVE = /[\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** JSON on one line; what a terminal would obey is written as an escape. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(ACTIVE, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** True for an object or list that has something in it. */
const hasParts = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.values(value).some(part => part !== undefined)

/**
 * Yields `value` as JSON in pieces. `open` holds the paths of the objects and lists that are spread over lines: names
 * joined by dots, `*` for any item of a list, the empty path for `value` itself.
 */
export function* jsonLines(
  value: unknown,
  open: ReadonlySet<string>,
  path = '',
  indent = '',
): Generator<string> {
  if (!open.has(path) || !hasParts(value)) {
    yield jsonText(value)
    return
  }
  const inner = `${indent}  `
  const isList = Array.isArray(value)
  let separator = isList ? '[' : '{'
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue
    yield `${separator}\n${inner}${isList ? '' : `${jsonText(key)}: `}`
    const step = isList ? '*' : key
    yield* jsonLines(part, open, path === '' ? step : `${path}.${step}`, inner)
    separator = ','
  }
  yield `\n${indent}${isList ? ']' : '}'}`
}
