/** What a container is, by its magics and never by its name. */
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { type Detected, detectHead, hasMagic, type NotRead } from './detect-head.ts'
import { isVhdFooter } from './disk/vhd.ts'
import { detectFileSystem } from './fs/formats.ts'
import { isBsdLabel } from './volume/bsdlabel.ts'
import { gptSectorSize } from './volume/gpt.ts'
import { isMbr } from './volume/mbr.ts'

/** As much of the start as most formats need; more is only read of what is none of them. */
const HEAD_LENGTH = 8192
const FOOTER_LENGTH = 512

/** Formats that are named and whose magics lie far from the start. Of ZFS the checksum at the end of its first label. */
const FAR_MAGICS: readonly { at: number; bytes: string; format: NotRead }[] = [
  { at: 131072 - 40, bytes: '\x11\x7a\x0c\xb1\x7a\xda\x10\x02', format: 'zfs' },
  { at: 131072 - 40, bytes: '\x02\x10\xda\x7a\xb1\x0c\x7a\x11', format: 'zfs' },
  { at: 131072, bytes: '\x0c\xb1\xba\0\0\0\0\0', format: 'zfs' },
  { at: 131072, bytes: '\0\0\0\0\0\xba\xb1\x0c', format: 'zfs' },
  { at: 32768, bytes: 'JFS1', format: 'jfs' },
  { at: 65536 + 52, bytes: 'ReIsEr', format: 'reiserfs' },
]

/** What a table of partitions is told by, which file systems may have too: looked at last. */
function detectTable(head: Uint8Array): Detected | undefined {
  if (gptSectorSize(head) !== undefined) return { kind: 'volumes', format: 'gpt' }
  if (isBsdLabel(head)) return { kind: 'volumes', format: 'bsdlabel' }
  if (isMbr(head)) return { kind: 'volumes', format: 'mbr' }
  return undefined
}

export interface DetectOptions {
  /** The source is what a disk holds, which is no disk again: a guest can write anything into its first sector. */
  isDisk?: boolean
  /** The first 8 KiB of the source or more, where they are in memory. */
  head?: Uint8Array | undefined
}

/**
 * What the container in `source` is; nothing where it is none. Reads 8 KiB, and where that does not tell it a block
 * at each further place where a magic may be.
 */
export function detectContainer(
  source: Source,
  { isDisk = false, head = readBytes(source, 0, HEAD_LENGTH) }: DetectOptions = {},
): Detected | undefined {
  const near = detectHead(head)
  if (near !== undefined && !(isDisk && near.kind === 'disk')) return near
  // A file system goes before a table: disks of Xen guests are often without one, and a hybrid ISO has several.
  const blocks = new DetectionSource(source, head)
  const fileSystem = detectFileSystem(blocks)
  if (fileSystem !== undefined) return { kind: 'tree', format: fileSystem.name, fileSystem }
  if (!isDisk && hasFooter(blocks)) return { kind: 'disk', format: 'vhd' }
  const table = detectTable(head)
  if (table !== undefined) return table
  const far = FAR_MAGICS.find(({ at, bytes }) => hasMagic(readBytes(blocks, at, bytes.length), 0, bytes))
  return far === undefined ? undefined : { kind: 'not-read', format: far.format }
}

/** A fixed VHD has its footer alone. Nobody unpacks a stream to its end to look for one. */
function hasFooter(source: Source): boolean {
  const { size } = source
  if (size < FOOTER_LENGTH || size === Number.MAX_SAFE_INTEGER) return false
  return isVhdFooter(readBytes(source, size - FOOTER_LENGTH, 8))
}

/** Magics that lie far from the start share blocks: a file system's volume descriptor, the labels of ZFS. */
const BLOCK = 4096
const MAX_BLOCKS = 8
/** Nothing is left in it between two detections. */
const scratch = new Uint8Array(MAX_BLOCKS * BLOCK)

/** A source whose first bytes are in memory, and each block further on from when it is first asked for. */
class DetectionSource implements Source {
  readonly size: number
  readonly #source: Source
  readonly #head: Uint8Array
  readonly #blocks: { start: number; bytes: Uint8Array }[] = []

  constructor(source: Source, head: Uint8Array) {
    this.size = source.size
    this.#source = source
    this.#head = head
  }

  read(into: Uint8Array, position: number): number {
    return this.#source.read(into, position)
  }

  lend(position: number, length: number): Uint8Array | undefined {
    const end = Math.min(position + length, this.size)
    if (end <= this.#head.length) return this.#head.subarray(position, end)
    if (position >= end) return NO_BYTES
    const start = position - (position % BLOCK)
    if (end > start + BLOCK) return undefined
    const block = this.#blocks.find(block => block.start === start) ?? this.#load(start)
    return block?.bytes.subarray(position - start, end - start)
  }

  #load(start: number): { start: number; bytes: Uint8Array } | undefined {
    const index = this.#blocks.length
    if (index === MAX_BLOCKS) return undefined
    const room = scratch.subarray(index * BLOCK, (index + 1) * BLOCK)
    const block = { start, bytes: room.subarray(0, this.#source.read(room, start)) }
    this.#blocks.push(block)
    return block
  }
}

const NO_BYTES = new Uint8Array()
