import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFile } from '../../../src/source/node/file.ts'
import { SourceError } from '../../../src/source/source.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function problemOf(action: () => unknown) {
  try {
    action()
  } catch (error) {
    if (error instanceof SourceError) return error.problem
    throw error
  }
  throw new Error('nothing was raised')
}

test('reads by position, and less at the end', () => {
  const path = join(root, 'file')
  writeFileSync(path, 'abcdef')
  const source = openFile(path)
  const into = new Uint8Array(4)
  expect([source.size, source.read(into, 3)]).toEqual([6, 3])
  expect(Buffer.from(into.subarray(0, 3)).toString()).toBe('def')
  expect(source.read(into, 6)).toBe(0)
  source.close()
})

test('a file that shrinks while it is read', () => {
  const path = join(root, 'file')
  writeFileSync(path, 'abcdef')
  const source = openFile(path)
  truncateSync(path, 2)
  expect(problemOf(() => source.read(new Uint8Array(6), 0))).toMatchObject({ code: 'changed', offset: 2 })
  source.close()
})

test('a file that is not there, nor its directory', () => {
  expect(problemOf(() => openFile(join(root, 'absent'))).code).toBe('vanished')
  expect(problemOf(() => openFile(join(root, 'absent', 'x'))).code).toBe('vanished')
})

test('a FIFO does not block, and a directory is no file', () => {
  execFileSync('mkfifo', [join(root, 'pipe')])
  expect(problemOf(() => openFile(join(root, 'pipe'))).code).toBe('not-a-file')
  expect(problemOf(() => openFile(root)).code).toBe('not-a-file')
})
