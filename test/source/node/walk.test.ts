import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFile } from '../../../src/source/node/file.ts'
import { systemProblem } from '../../../src/source/node/system-problem.ts'
import { walk } from '../../../src/source/node/walk.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const at = (...parts: string[]) => join(root, ...parts)
const list = (...paths: string[]) =>
  [...walk(paths)].map(({ address, size, problem }) => [relative(root, address), problem?.code ?? size])

test('directories are walked in the order of their names', () => {
  mkdirSync(at('b'))
  writeFileSync(at('b', 'two'), '22')
  writeFileSync(at('a'), '1')
  writeFileSync(at('c'), '333')
  expect(list(root)).toEqual([
    ['a', 1],
    ['b/two', 2],
    ['c', 3],
  ])
})

test('links to files and directories are followed', () => {
  mkdirSync(at('kernels'))
  writeFileSync(at('kernels', 'k'), 'x')
  symlinkSync('kernels/k', at('latest'))
  symlinkSync('kernels', at('alias'))
  expect(list(root)).toEqual([
    ['alias/k', 1],
    ['kernels/k', 1],
    ['latest', 1],
  ])
})

test('a directory that leads back to itself is named once, and the rest goes on', () => {
  mkdirSync(at('d'))
  symlinkSync('..', at('d', 'up'))
  writeFileSync(at('d', 'z'), 'z')
  expect(list(root)).toEqual([
    ['d/up', 'directory-loop'],
    ['d/z', 1],
  ])
})

test('directories that link to each other twice are walked once, and what is no link always', () => {
  for (let depth = 0; depth < 20; depth++) {
    mkdirSync(at(`d${depth}`))
    symlinkSync(`../d${depth + 1}`, at(`d${depth}`, 'a'))
    symlinkSync(`../d${depth + 1}`, at(`d${depth}`, 'b'))
  }
  mkdirSync(at('d20'))
  writeFileSync(at('d20', 'k'), 'x')
  expect(list(at('d0'))).toEqual([[join('d0', ...Array(20).fill('a'), 'k'), 1]])
  expect(list(root).filter(([path]) => path === 'd20/k')).toHaveLength(1)
  // What was named is walked whatever links led to before.
  expect(list(at('d19'), at('d19'))).toHaveLength(2)
})

test('a link into nothing, a circle of links, and a path that is not there', () => {
  symlinkSync('nothing', at('dangling'))
  symlinkSync('ping', at('pong'))
  symlinkSync('pong', at('ping'))
  expect(list(root, at('absent'))).toEqual([
    ['dangling', 'vanished'],
    ['ping', 'unreadable'],
    ['pong', 'unreadable'],
    ['absent', 'vanished'],
  ])
})

test.skipIf(process.platform === 'win32')('a FIFO is named and not opened', () => {
  execFileSync('mkfifo', [at('pipe')])
  expect(list(root, at('pipe'))).toEqual([
    ['pipe', 'not-a-file'],
    ['pipe', 'not-a-file'],
  ])
})

test('hard links share their identity; what was named is told apart from what was met', () => {
  writeFileSync(at('a'), '1')
  linkSync(at('a'), at('b'))
  const [a, b] = [...walk([root])]
  expect(a!.identity).toBe(b!.identity)
  expect(a!.named).toBe(false)
  expect([...walk([at('a')])][0]!.named).toBe(true)
})

test.skipIf(process.platform !== 'linux')(
  'a name that is not UTF-8 is told from a file that vanished',
  () => {
    // Deno would write it as UTF-8.
    execFileSync('sh', ['-c', 'echo > "k$(printf \\\\377)"'], { cwd: root })
    writeFileSync(at('z'), 'z')
    const [broken, sound] = [...walk([root])]
    expect(broken!.problem).toEqual({
      code: 'unreadable',
      message: 'Cannot open the file: its name is not UTF-8',
    })
    expect(sound!.address).toBe(at('z'))
    expect([...walk([broken!.address])][0]!.problem).toEqual(broken!.problem)
  },
)

test('a problem says whether a file or a directory has it', () => {
  symlinkSync('ping', at('ping'))
  expect([...walk([at('ping')])][0]!.problem!.message).toBe(
    'Cannot open the file: its links lead in a circle (ELOOP)',
  )
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
  const unreadable = (kind: 'file' | 'directory') => systemProblem(denied, at('x'), kind).message
  expect(unreadable('directory')).toBe('Cannot read the directory: the system says EACCES')
  expect(unreadable('file')).toBe('Cannot read the file: the system says EACCES')
})

test.skipIf(process.platform === 'win32')('what is no file is told in one sentence, walked or opened', () => {
  execFileSync('mkfifo', [at('pipe')])
  const [walked] = [...walk([at('pipe')])]
  expect(() => openFile(at('pipe'))).toThrow(walked!.problem!.message)
})
