import { isAlias, isCollection, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml'
import { syntaxMessage } from './syntax.ts'
import {
  capped,
  givenTwice,
  type Lines,
  lineOf,
  MAX_DEPTH,
  type Path,
  plain,
  type Step,
  type Tree,
  type TreeError,
  wellFormed,
} from './tree.ts'

/** Aliases may repeat the same text over and over: so many values in all are taken from them. */
const MAX_ALIASED = 100_000

/** The tree of a YAML document; a broken one has no value, and its first error alone: the others follow from it. */
export function yamlTree(text: string, firstLine: number): Tree {
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    // The package looks for them in quadratic time; the conversion below finds them on its way.
    uniqueKeys: false,
    // The pretty form quotes the source, which may be one line of megabytes.
    prettyErrors: false,
    customTags: tags => tags.filter(tag => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:float'),
  })
  const lineAt = (offset: number) => counter.linePos(offset).line + firstLine - 1
  const errors: TreeError[] = []
  const [fault] = [...document.errors].sort((a, b) => a.pos[0] - b.pos[0])
  if (fault !== undefined) {
    const [offset] = fault.pos
    const line = lineAt(offset)
    errors.push({ line, message: syntaxMessage(text, offset, fault.code) })
    const end = document.contents?.range?.[1] ?? 0
    const endsBefore = /^\s*[[{]/.test(text) && end > 0 && end <= offset
    if (!endsBefore && fault.code !== 'MULTIPLE_DOCS') {
      return { value: null, errors, isBroken: true, lineOf: () => line }
    }
  }
  const lines: Lines = new WeakMap()
  const anchors = new Map<string, unknown>()
  const complaints = new Set<string>()
  let aliased = 0

  const refuse = (line: number, message: string): null => {
    if (!complaints.has(message)) errors.push({ line, message })
    complaints.add(message)
    return null
  }

  const convert = (node: unknown, path: Path, around: number, insideAlias: boolean): unknown => {
    if (!isNode(node)) return null
    const self = node.range && !insideAlias ? lineAt(node.range[0]) : around
    if (insideAlias && ++aliased > MAX_ALIASED) {
      return refuse(self, `expected at most ${MAX_ALIASED} values by alias, found more`)
    }
    if (path.length > MAX_DEPTH) {
      return refuse(self, `expected at most ${MAX_DEPTH} levels of nesting, found more`)
    }
    if (isAlias(node)) {
      if (anchors.has(node.source)) return convert(anchors.get(node.source), path, self, true)
      return refuse(self, `expected an anchor &${node.source} before the alias *${node.source}, found none`)
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isScalar(node)) return plain(node.value, node.source)
    if (!isCollection(node)) return null
    const of = new Map<Step, number>()
    const childLine = (child: unknown) =>
      isNode(child) && child.range && !insideAlias ? lineAt(child.range[0]) : self
    if (!isMap(node)) {
      const list = node.items.map((item, index) => {
        of.set(index, childLine(item))
        return isPair(item) ? null : convert(item, [...path, index], self, insideAlias)
      })
      lines.set(list, { self, of })
      return list
    }
    const map: Record<string, unknown> = Object.create(null)
    for (const { key, value } of node.items) {
      const line = childLine(key)
      if (!isScalar(key)) {
        refuse(line, 'expected a text as the name of a field, found something else')
        continue
      }
      const name = wellFormed(key.source ?? String(key.value))
      const first = of.get(name)
      if (first === undefined) {
        of.set(name, line)
        map[name] = convert(value, [...path, name], line, insideAlias)
      } else errors.push(givenTwice([...path, name], line, first))
    }
    lines.set(map, { self, of })
    return map
  }

  const value = convert(document.contents, [], firstLine, false)
  return { value, errors: capped(errors), lineOf: path => lineOf(value, lines, path, firstLine) }
}
