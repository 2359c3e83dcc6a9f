/**
 * What reading takes, counted: bytes and system calls do not depend on the machine's mood as times do, and a change
 * that makes a reader do more is seen here.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { TOOLS } from '../../bench/kernel.ts'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'
import type { Codec } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { readFile } from '../../src/fleet/read-file.ts'
import { openFile } from '../../src/source/node/file.ts'
import { command, isDeno } from '../cli/run.ts'
import { scratchDirectory } from '../scratch.ts'
import { runTool, withSizeWord } from '../unwrap/codec-suite.ts'
import { kernelLike } from '../unwrap/kernel-like.ts'

const scratch = scratchDirectory()
const KIB = 1024
const NOTES_AT = 1024 * KIB

const notes = [
  { type: NOTE.GUEST_OS, value: 'linux' },
  { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
  { type: NOTE.LOADER, value: 'generic' },
]

/** A kernel of 4 MiB whose notes lie after the first. */
function kernel(): Uint8Array {
  const elf = buildElf({ bits: 64, bodySize: NOTES_AT, tailSize: 3 * NOTES_AT, notes })
  const like = kernelLike(NOTES_AT - 64 * KIB)
  elf.set(like, 32 * KIB)
  elf.set(like, NOTES_AT + 512 * KIB)
  return elf
}

/** What is read of the image and unpacked at most, in bytes: up to the notes, and as far as the codec's blocks reach beyond them. */
const AT_MOST: Readonly<Record<Codec, { read: number; unpacked: number }>> = {
  gzip: { read: 640 * KIB, unpacked: NOTES_AT + 64 * KIB },
  bzip2: { read: 960 * KIB, unpacked: NOTES_AT + 900 * KIB },
  lzma: { read: 640 * KIB, unpacked: NOTES_AT + 64 * KIB },
  xz: { read: 512 * KIB, unpacked: NOTES_AT + 64 * KIB },
  // Blocks of 256 KiB, of which those before the notes are passed over.
  lzo: { read: 320 * KIB, unpacked: 512 * KIB },
  lz4: { read: 832 * KIB, unpacked: NOTES_AT + 64 * KIB },
  zstd: { read: 704 * KIB, unpacked: NOTES_AT + 192 * KIB },
}
/** Of an ELF the start and the notes, whatever its size is. */
const BARE = 8.5 * KIB

const engine = createEngine('wasm')

function readCounted(path: string): { read: number; unpacked: number } {
  const { read, unpacked, records } = readFile(engine, () => openFile(path), {})
  expect(records[0]!.problem).toBeUndefined()
  return { read, unpacked }
}

describe('bytes', () => {
  let elf: Uint8Array
  beforeAll(() => {
    elf = kernel()
  })

  test.each(Object.keys(AT_MOST) as Codec[])('of a bzImage in %s', codec => {
    const [tool, ...args] = TOOLS[codec].pack
    const stream = runTool(tool!, args, elf)
    const image = buildBzImage({ payload: codec === 'gzip' ? stream : withSizeWord(stream, elf.length) })
    writeFileSync(scratch.at(codec), image)
    const { read, unpacked } = readCounted(scratch.at(codec))
    expect(unpacked).toBeGreaterThan(0)
    expect(unpacked).toBeLessThanOrEqual(AT_MOST[codec].unpacked)
    expect(read).toBeLessThanOrEqual(AT_MOST[codec].read)
  })

  test('of a bare kernel', () => {
    writeFileSync(scratch.at('vmlinux'), elf)
    const { read, unpacked } = readCounted(scratch.at('vmlinux'))
    expect([read, unpacked]).toEqual([Math.min(read, BARE), 0])
  })
})

const strace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
const why = isDeno
  ? ': the calls of Node are counted'
  : strace
    ? ''
    : ': strace is not there, or may not trace'

describe.skipIf(isDeno || !strace)(`system calls on files${why}`, () => {
  const CALLS = ['openat', 'statx', 'pread64', 'close', 'getdents64', 'readlink']

  /** How often the command calls the system in a scan of `directory`, by the names of the calls. */
  function callsOf(directory: string): Record<string, number> {
    const log = scratch.at('calls')
    const scan = [
      ...command,
      'scan',
      directory,
      '-o',
      'ndjson',
      '--workers',
      '0',
      '--no-progress',
      '--fail-on',
      'never',
    ]
    execFileSync('strace', ['-f', '-qq', '-y', '-e', `trace=${CALLS.join(',')}`, '-o', log, ...scan], {
      stdio: 'ignore',
    })
    const counts: Record<string, number> = Object.fromEntries(CALLS.map(name => [name, 0]))
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      const name = /^\d+ +(\w+)\(/.exec(line)?.[1]
      // The runtime opens files of its own when it likes.
      if (name !== undefined && line.includes(`${directory}/`)) counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }

  const FEW = 20
  const MANY = 60

  /** The calls for each file of a directory: those of many files less those of few, so that the start does not count. */
  function callsEach(write: (path: string, index: number) => void): Record<string, number> {
    const [few, many] = [FEW, MANY].map(count => {
      const directory = scratch.at(String(count))
      mkdirSync(directory)
      for (let index = 0; index < count; index++)
        write(join(directory, String(index).padStart(3, '0')), index)
      return callsOf(directory)
    })
    return Object.fromEntries(CALLS.map(name => [name, (many![name]! - few![name]!) / (MANY - FEW)]))
  }

  const smallKernel = (index: number) => {
    const value = `6.1.${String(index).padStart(4, '0')}`
    return buildElf({ bits: 64, bodySize: 2048, notes: [...notes, { type: NOTE.GUEST_VERSION, value }] })
  }
  /** The walk asks what a file is, and the reader whether a kernel still is that. */
  const EACH = { openat: 1, statx: 2, pread64: 1, close: 1, getdents64: 0, readlink: 0 }

  test('of a small bare kernel', () => {
    expect(callsEach((path, index) => writeFileSync(path, smallKernel(index)))).toEqual(EACH)
  })

  test('of a bare kernel whose notes lie far from its start', () => {
    const far = buildElf({ bits: 64, bodySize: 64 * KIB, notes })
    expect(callsEach(path => writeFileSync(path, far))).toEqual({ ...EACH, pread64: 2 })
  })

  test('of a small file that is no kernel', () => {
    expect(callsEach((path, index) => writeFileSync(path, `text ${index}\n`.repeat(200)))).toEqual({
      ...EACH,
      statx: 1,
    })
  })

  test('of a large file that is neither kernel nor container', () => {
    // Its start, a block at each of six places where a file system has its magic, and the end, where a disk's footer is.
    const large = Buffer.alloc(300 * KIB, 'text ')
    expect(callsEach(path => writeFileSync(path, large))).toEqual({ ...EACH, pread64: 8 })
  })
})
