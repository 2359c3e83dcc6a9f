// Draws docs/architecture.md's picture from the imports in src/, and fails where it shows what the house does not allow:
// a folder that imports one after it in the flow, or files that import each other in a circle. With --check it writes
// nothing, and fails where the picture is not up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folders and files of src/ in the order in which data flows: each may import from those before it. */
const FLOW = [
  'problem.ts',
  'document',
  'source',
  'engine',
  'facts',
  'unwrap',
  'containers',
  'record',
  'read',
  'xen',
  'boot',
  'inventory',
  'repair',
  'findings',
  'policy',
  'report',
  'page',
  'core.ts',
  'fleet',
  'mod.ts',
  'cli',
  'web',
]
/** Only these do I/O: all others import no module of the runtime. */
const DOES_IO = ['source/node/', 'source/remote/', 'fleet/', 'cli/', 'mod.ts']
/** Such as a generated module, which is there after a build only. */
const GENERATED = ['report/html/page-assets.ts']

const root = fileURLToPath(new URL('..', import.meta.url))
const files = readdirSync(`${root}src`, { recursive: true })
  .map(name => String(name).replaceAll('\\', '/'))
  .filter(name => name.endsWith('.ts') && !GENERATED.includes(name))
  .sort()

/** What a file imports: files of src/ by their paths in it, and modules of the runtime. */
function importsOf(file) {
  const text = readFileSync(`${root}src/${file}`, 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const namesIn = text =>
    [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(([, name]) => name)
  const ownIn = text =>
    namesIn(text)
      .filter(name => name.startsWith('.'))
      .map(name => posix.join(dirname(file), name))
  return {
    own: ownIn(code),
    runtime: namesIn(code).filter(name => name.startsWith('node:')),
  }
}

const imports = new Map(files.map(file => [file, importsOf(file)]))
const roomOf = file => file.split('/')[0]
const faults = []

const arrows = new Map()
for (const [file, { own, runtime }] of imports) {
  const room = roomOf(file)
  if (!FLOW.includes(room)) faults.push(`src/${room} has no place in the flow of .ci/architecture.mjs`)
  if (runtime.length > 0 && !DOES_IO.some(place => file.startsWith(place))) {
    faults.push(`src/${file} imports ${runtime.join(', ')}, and should be free of I/O`)
  }
  for (const other of own) {
    const from = roomOf(other)
    if (room === 'web' && DOES_IO.some(place => other.startsWith(place))) {
      faults.push(`src/${file} imports src/${other}, which does not run in a browser`)
    }
    if (from === room) continue
    const key = `${from} ${room}`
    arrows.set(key, (arrows.get(key) ?? 0) + 1)
    if (FLOW.indexOf(from) > FLOW.indexOf(room)) {
      faults.push(`src/${file} imports src/${other}, against the flow`)
    }
  }
}

/** Circles of files, those of types alone too: each strongly connected part of more than one file (Tarjan's algorithm). */
function circles() {
  const found = []
  const order = new Map()
  const low = new Map()
  const stack = []
  const visit = file => {
    order.set(file, order.size)
    low.set(file, order.get(file))
    stack.push(file)
    for (const other of imports.get(file)?.own ?? []) {
      if (!imports.has(other)) continue
      if (!order.has(other)) {
        visit(other)
        low.set(file, Math.min(low.get(file), low.get(other)))
      } else if (stack.includes(other)) low.set(file, Math.min(low.get(file), order.get(other)))
    }
    if (low.get(file) !== order.get(file)) return
    const part = stack.splice(stack.indexOf(file))
    if (part.length > 1) found.push(part)
  }
  for (const file of files) if (!order.has(file)) visit(file)
  return found
}
for (const circle of circles()) {
  faults.push(`${circle.map(file => `src/${file}`).join(' and ')} import each other`)
}

if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`)
  process.exit(1)
}

/** An arrow that follows from others (a to b to c) says nothing new in the picture. */
const isImplied = (from, to) =>
  FLOW.some(between => {
    const [start, middle, end] = [from, between, to].map(room => FLOW.indexOf(room))
    return start < middle && middle < end && reaches(from, between) && arrows.has(`${between} ${to}`)
  })
const reaches = (from, to) =>
  arrows.has(`${from} ${to}`) ||
  FLOW.some(between => arrows.has(`${from} ${between}`) && between !== to && reaches(between, to))

const rooms = FLOW.filter(room => files.some(file => roomOf(file) === room))
const id = room => room.replace('.', '_')
const shape = room =>
  DOES_IO.some(place => place.startsWith(room)) ? `${id(room)}[["${room}"]]` : `${id(room)}["${room}"]`
const picture = [
  '```mermaid',
  'flowchart LR',
  ...rooms.map(room => `  ${shape(room)}`),
  ...[...arrows.keys()]
    .map(key => key.split(' '))
    .filter(([from, to]) => !isImplied(from, to))
    .sort(([a, b], [c, d]) => FLOW.indexOf(a) - FLOW.indexOf(c) || FLOW.indexOf(b) - FLOW.indexOf(d))
    .map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
  '```',
].join('\n')

const page = `${root}docs/architecture.md`
const [START, END] = ['<!-- drawn by npm run architecture -->', '<!-- end of the picture -->']
const text = readFileSync(page, 'utf8')
const [before, after] = [text.slice(0, text.indexOf(START)), text.slice(text.indexOf(END))]
const drawn = `${before}${START}\n\n${picture}\n\n${after}`
if (process.argv.includes('--check')) {
  if (drawn === text) process.exit(0)
  process.stderr.write(
    'The picture in docs/architecture.md is not up to date: npm run architecture draws it\n',
  )
  process.exit(1)
}
writeFileSync(page, drawn)
