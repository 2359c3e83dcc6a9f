import { copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ScannedFile, type ScanOptions, scanFiles } from '../../src/fleet/scan-files.ts'
import { walk } from '../../src/source/node/walk.ts'
import { scratchDirectory } from '../scratch.ts'
import { bigKernel } from './kernels.ts'

const scratch = scratchDirectory()

const options: ScanOptions = { engine: 'typescript', workers: 0, read: {} }

async function scan(more: Partial<ScanOptions> = {}): Promise<ScannedFile[]> {
  const files: ScannedFile[] = []
  for await (const batch of scanFiles(walk([scratch.path]), { ...options, ...more })) files.push(...batch)
  return files
}

/** The guest version of each record, and which records are one and the same text, by their first index. */
const versions = (files: ScannedFile[]) =>
  files.map(({ result }) => JSON.parse(result.records[0]!.json).facts.elf.notes[1].text)

test('kernels of one size and their copies and links each get their own record', async () => {
  const names = ['one', 'two', 'six']
  mkdirSync(scratch.at('a'))
  for (const name of names) writeFileSync(join(scratch.path, 'a', name), bigKernel(name))
  for (const folder of ['b', 'c', 'd']) mkdirSync(scratch.at(folder))
  for (const name of names) {
    copyFileSync(join(scratch.path, 'a', name), join(scratch.path, 'b', name))
    linkSync(join(scratch.path, 'a', name), join(scratch.path, 'c', name))
    symlinkSync(join(scratch.path, 'b', name), join(scratch.path, 'd', name))
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
    writeFileSync(join(scratch.path, String(index).padStart(2, '0')), kernels[index % 3]!)
  }
  const files = await scan()
  expect(versions(files)).toEqual(Array.from({ length: 60 }, (_, index) => names[index % 3]))
  expect(new Set(files.map(({ result }) => result.ranges)).size).toBe(3)
})

test('a scan that is aborted ends, and yields what is done', async () => {
  for (let index = 0; index < 20; index++) writeFileSync(join(scratch.path, String(index)), '')
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
  for (const name of ['a', 'b', 'c']) writeFileSync(scratch.at(name), name)
  const files = await scan({ takes: ({ address }) => !address.endsWith('b') })
  expect(files.map(({ found }) => found.address.at(-1))).toEqual(['a', 'c'])
})
