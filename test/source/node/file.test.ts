import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFile, openFoundFile } from '../../../src/source/node/file.ts'
import { OutdatedSource, SourceError } from '../../../src/source/source.ts'

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

describe('a file that was found before', () => {
  const openFound = (change: (path: string) => void) => {
    const path = join(root, 'file')
    writeFileSync(path, 'abcdef')
    const { size, identity, close } = opened(path)
    close()
    change(path)
    return openFoundFile(path, { size, identity })
  }
  const opened = (path: string) => {
    const source = openFile(path)
    return { size: source.size, identity: source.identity, close: () => source.close() }
  }

  test('is as it was, and knows what it is', () => {
    const source = openFound(() => {})
    expect([source.size, source.read(new Uint8Array(8), 0)]).toEqual([6, 6])
    source.assertUnchanged()
    expect(source.identity).toBe(opened(source.address).identity)
    source.close()
  })

  test.each<[string, (path: string) => void]>([
    ['was written to', path => writeFileSync(path, 'ABCDEFG')],
    [
      'is another one',
      path => {
        writeFileSync(`${path}.new`, 'abcdef')
        renameSync(`${path}.new`, path)
      },
    ],
    [
      'is a FIFO',
      path => {
        rmSync(path)
        execFileSync('mkfifo', [path])
      },
    ],
  ])('is outdated where it %s', (_, change) => {
    const source = openFound(change)
    expect(() => source.assertUnchanged()).toThrow(OutdatedSource)
    source.close()
  })

  // Deno tells when an inode was changed to the second.
  test.skipIf('Deno' in globalThis)(
    'is outdated where it was written to and has its old time (on Node)',
    () => {
      const source = openFound(path => {
        const { atime, mtime } = statSync(path)
        writeFileSync(path, 'ABCDEF')
        utimesSync(path, atime, mtime)
      })
      expect(() => source.assertUnchanged()).toThrow(OutdatedSource)
      source.close()
    },
  )

  test('is outdated where it turns out shorter', () => {
    const source = openFound(path => truncateSync(path, 2))
    expect(() => source.read(new Uint8Array(6), 0)).toThrow(OutdatedSource)
    source.close()
  })

  test('is gone', () => {
    expect(problemOf(() => openFound(path => rmSync(path))).code).toBe('vanished')
  })
})
