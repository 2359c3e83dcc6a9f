/**
 * JSON that can be compared by line: what is open gets a line for each of its parts, everything else takes one line.
 * @module
 */
import { jsonText } from '../../document/printable.ts'

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
