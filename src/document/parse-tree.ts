import { jsonTree } from './json-tree.ts'
import { MAX_DEPTH, type Tree } from './tree.ts'
import { yamlTree } from './yaml-tree.ts'

/** Reads JSON or YAML. Errors are part of the result; `firstLine` is the line at which `text` starts. */
export function parseTree(text: string, firstLine = 1): Tree {
  if (tooDeep(text)) {
    const message = `expected at most ${MAX_DEPTH} levels of nesting, found more`
    return { value: null, errors: [{ line: firstLine, message }], lineOf: () => firstLine }
  }
  return jsonTree(text, firstLine) ?? yamlTree(text, firstLine)
}

/** Brackets in quotes count as well: closed ones do no harm, and of open ones it takes a hundred. */
function tooDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    if (bracket === '[' || bracket === '{') depth++
    else if (depth > 0) depth--
    if (depth > MAX_DEPTH) return true
  }
  return false
}
