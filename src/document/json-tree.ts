// JSON with lines. The yaml package reads JSON too, but needs four times as long, which a fleet's Ansible facts or
// XAPI records make felt. Only text that JSON.parse accepts is read here; the rest is
// left to the yaml package, which says where it breaks and goes on.
import {
  type ContainerLines,
  capped,
  givenTwice,
  type Lines,
  lineOf,
  plain,
  type Tree,
  type TreeError,
  wellFormed,
} from './tree.ts'

/** A string, a number or word, or one of the structural characters, in JSON that is known to be valid. */
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([^\s[\]{},:"]+)|([[\]{},:]))/gy

interface Open {
  value: Record<string, unknown> | unknown[]
  lines: ContainerLines
  key: string
  /** The key was there before: what follows is read and dropped. */
  again: boolean
}

/** The tree of `text`, or nothing where it is no valid JSON. */
export function jsonTree(text: string, firstLine: number): Tree | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  const lines: Lines = new WeakMap()
  const errors: TreeError[] = []
  const open: Open[] = []
  let root: unknown
  let line = firstLine
  let lineEnd = text.indexOf('\n')
  let expectsKey = false

  const add = (value: unknown) => {
    const parent = open.at(-1)
    if (!parent) root = value
    else if (Array.isArray(parent.value)) {
      parent.lines.of.set(parent.value.length, line)
      parent.value.push(value)
    } else if (!parent.again) parent.value[parent.key] = value
  }
  const addKey = (parent: Open, key: string) => {
    const first = parent.lines.of.get(key)
    parent.key = key
    parent.again = first !== undefined
    if (first === undefined) parent.lines.of.set(key, line)
    else errors.push(givenTwice(pathOf(open), line, first))
  }

  for (const match of text.matchAll(TOKEN)) {
    const [, string, word, mark] = match
    const start = match.index + match[0].length - (string ?? word ?? mark)!.length
    while (lineEnd !== -1 && lineEnd < start) {
      line++
      lineEnd = text.indexOf('\n', lineEnd + 1)
    }
    const parent = open.at(-1)
    if (mark === '{' || mark === '[') {
      const value = mark === '[' ? [] : Object.create(null)
      add(value)
      const known = { self: line, of: new Map() }
      lines.set(value, known)
      open.push({ value, lines: known, key: '', again: false })
      expectsKey = mark === '{'
    } else if (mark === '}' || mark === ']') open.pop()
    else if (mark === ',') expectsKey = !Array.isArray(parent?.value)
    else if (mark === ':') expectsKey = false
    else if (expectsKey && parent) addKey(parent, wellFormed(JSON.parse(string!)))
    else add(string === undefined ? plain(JSON.parse(word!), word) : JSON.parse(string))
  }
  return { value: root, errors: capped(errors), lineOf: path => lineOf(root, lines, path, firstLine) }
}

function pathOf(open: readonly Open[]) {
  return open.map(({ value, key }) => (Array.isArray(value) ? value.length - 1 : key))
}
