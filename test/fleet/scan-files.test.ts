import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ScannedFile, type ScanOptions, scanFiles } from '../../src/fleet/scan-files.ts'
import { walk } from '../../src/source/node/walk.ts'
import { bigKernel } from './kernels.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const options: ScanOptions = { engine: 'typescript', workers: 0, read: {} }

async function scan(more: Partial<ScanOptions> = {}): Promise<ScannedFile[]> {
  const files: ScannedFile[] = []
  for await (const batch of scanFiles(walk([directory]), { ...options, ...more })) files.push(...batch)
  return files
}

/** The guest version of each record, and which records are one and the same text, by their first index. */
const versions = (files: ScannedFile[]) =>
  files.map(({ result }) => JSON.parse(result.records[0]!.json).facts.elf.notes[1].text)

test('kernels of one size and their copies and links each get their own record', async () => {
  const names = ['one', 'two', 'six']
  mkdirSync(join(directory, 'a'))
  for (const name of names) writeFileSync(join(directory, 'a', name), bigKernel(name))
  for (const folder of ['b', 'c', 'd']) mkdirSync(join(directory, folder))
  for (const name of names) {
    copyFileSync(join(directory, 'a', name), join(directory, 'b', name))
    linkSync(join(directory, 'a', name), join(directory, 'c', name))
    symlinkSync(join(directory, 'b', name), join(directory, 'd', name))
  }
  const files = await scan()
  const order = ['one', 'six', 'two']
  expect(versions(files)).toEqual([...order, ...order, ...order, ...order])
  // A copy has the record of its original, a link that of its file.
  const read = new Set(files.map(({ result }) => result.ranges))
  expect(read.size).toBe(3)
})

test('copies that are read out of turn are told in the order of their names', async () => {
  const names = ['one', 'two', 'six']
  const kernels = names.map(bigKernel)
  for (let index = 0; index < 60; index++) {
    writeFileSync(join(directory, String(index).padStart(2, '0')), kernels[index % 3]!)
  }
  const files = await scan()
  expect(versions(files)).toEqual(Array.from({ length: 60 }, (_, index) => names[index % 3]))
  expect(new Set(files.map(({ result }) => result.ranges)).size).toBe(3)
})

test('a scan that is aborted ends, and yields what is done', async () => {
  for (let index = 0; index < 20; index++) writeFileSync(join(directory, String(index)), '')
  const controller = new AbortController()
  let taken = 0
  const takes = () => {
    taken++
    if (taken === 3) controller.abort()
    return true
  }
  const files = await scan({ signal: controller.signal, takes })
  // One file is looked at ahead of the one that is read.
  expect(files.map(({ found }) => found.address.at(-1))).toEqual(['0', '1'])
})

test('what another takes is left out', async () => {
  for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, name), name)
  const files = await scan({ takes: ({ address }) => !address.endsWith('b') })
  expect(files.map(({ found }) => found.address.at(-1))).toEqual(['a', 'c'])
})
