/**
 * The journal of ext3 and ext4: which blocks it holds newer than they are in place. Nothing is written: whoever
 * reads a block takes it from the journal instead.
 * Source: Linux Documentation/filesystems/ext4 (JBD2), fs/jbd2/recovery.c.
 */
import type { Source } from '../../../source/source.ts'
import { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'

const MAGIC = 0xc03b_3998
const HEADER = 12
/** `h_blocktype`. */
const BLOCK = { descriptor: 1, commit: 2, superblock1: 3, superblock2: 4, revoke: 5 }
/** `s_feature_incompat`. */
const INCOMPAT = { bit64: 0x2, checksum2: 0x8, checksum3: 0x10, fastCommit: 0x20 }
const KNOWN_INCOMPAT = 0x3f
/** `t_flags`. */
const TAG = { escaped: 1, sameUuid: 2, last: 8 }
/** Where `s_num_fc_blks` is 0 (include/linux/jbd2.h, JBD2_DEFAULT_FAST_COMMIT_BLOCKS). */
const FAST_COMMIT_BLOCKS = 256

/** A block of the file system that the journal holds. */
interface Logged {
  /** Its number in the journal. */
  readonly block: number
  /** Its first four bytes are the journal's magic, stored as zeros so that they are taken for none. */
  readonly escaped: boolean
}

export interface Replay {
  /** By number in the file system. */
  readonly blocks: ReadonlyMap<number, Logged>
  readonly transactions: number
}

interface Geometry {
  readonly blockSize: number
  readonly first: number
  readonly end: number
  readonly sequence: number
  readonly start: number
  readonly incompat: number
}

/** Reads what is committed in `journal`, the contents of the journal's file. Throws where it is no sound journal. */
export function readJournal(journal: Source, { layer, budget }: Metadata, blockSize: number): Replay {
  const metadata = new Metadata(journal, { layer: `${layer} journal`, budget, bigEndian: true })
  const geometry = readGeometry(metadata, blockSize)
  const revoked = new Map<number, number>()
  const logged: { block: number; sequence: number; at: Logged }[] = []
  let transactions = 0
  for (const transaction of committed(metadata, geometry)) {
    transactions++
    const { sequence } = transaction
    for (const block of transaction.revoked) revoked.set(block, sequence)
    for (const { block, at } of transaction.logged) logged.push({ block, sequence, at })
  }
  const blocks = new Map<number, Logged>()
  for (const { block, sequence, at } of logged) {
    // A revoked block was freed after: what came into it since is not in the journal.
    if ((revoked.get(block) ?? -1) >= sequence) continue
    blocks.set(block, at)
  }
  return { blocks, transactions }
}

function readGeometry(metadata: Metadata, blockSize: number): Geometry {
  const raw = metadata.read('superblock', 0, 1024)
  const type = raw.u32(4)
  if (raw.u32(0) !== MAGIC || (type !== BLOCK.superblock1 && type !== BLOCK.superblock2)) {
    throw raw.corrupt('superblock', 'it has no magic')
  }
  if (raw.u32(0x0c) !== blockSize) throw raw.corrupt('superblock', `its block size is ${raw.u32(0x0c)}`)
  const incompat = type === BLOCK.superblock2 ? raw.u32(0x28) : 0
  if ((incompat & ~KNOWN_INCOMPAT) !== 0) {
    throw metadata.unsupported('superblock', `its features 0x${incompat.toString(16)} are not known`)
  }
  const fast = (incompat & INCOMPAT.fastCommit) !== 0 ? raw.u32(0x54) || FAST_COMMIT_BLOCKS : 0
  const end = Math.min(raw.u32(0x10), Math.floor(metadata.source.size / blockSize)) - fast
  const [first, start] = [raw.u32(0x14), raw.u32(0x1c)]
  if (first < 1 || first >= end || (start !== 0 && (start < first || start >= end))) {
    throw raw.corrupt('superblock', `its log is from block ${first} to ${end}, and starts at ${start}`)
  }
  return { blockSize, first, end, sequence: raw.u32(0x18), start, incompat }
}

interface Transaction {
  readonly sequence: number
  readonly revoked: number[]
  readonly logged: { readonly block: number; readonly at: Logged }[]
}

/** The transactions that were committed, oldest first. The first block of another number ends the log. */
function* committed(metadata: Metadata, geometry: Geometry): Generator<Transaction> {
  const { blockSize, first, end, start } = geometry
  if (start === 0) return
  let block = start
  let passed = 0
  let transaction: Transaction = { sequence: geometry.sequence, revoked: [], logged: [] }
  const forward = (): number => {
    const here = block
    block = block + 1 < end ? block + 1 : first
    passed++
    return here
  }
  while (passed <= end - first) {
    const raw = metadata.read('block', forward() * blockSize, blockSize)
    if (raw.u32(0) !== MAGIC || raw.u32(8) !== transaction.sequence) return
    const type = raw.u32(4)
    if (type === BLOCK.descriptor) {
      for (const { block: target, escaped } of tagsOf(raw, geometry)) {
        metadata.budget.step(metadata.layer)
        transaction.logged.push({ block: target, at: { block: forward(), escaped } })
      }
    } else if (type === BLOCK.revoke) {
      transaction.revoked.push(...revokedBy(raw, geometry))
    } else if (type === BLOCK.commit) {
      yield transaction
      transaction = { sequence: (transaction.sequence + 1) >>> 0, revoked: [], logged: [] }
    } else {
      return
    }
  }
}

interface Tag {
  readonly block: number
  readonly escaped: boolean
}

function* tagsOf(raw: Structure, { incompat }: Geometry): Generator<Tag> {
  const wide = (incompat & INCOMPAT.checksum3) !== 0
  const summed = (incompat & (INCOMPAT.checksum2 | INCOMPAT.checksum3)) !== 0
  const is64 = (incompat & INCOMPAT.bit64) !== 0
  // fs/jbd2/journal.c, journal_tag_bytes: checksums of version 2 have 2 bytes more than there is room for.
  const size = wide ? 16 : (summed ? 10 : 8) + (is64 ? 4 : 0)
  const end = raw.length - (summed ? 4 : 0)
  for (let at = HEADER; at + size <= end; ) {
    const flags = wide ? raw.u32(at + 4) : raw.u16(at + 6)
    const high = is64 ? raw.u32(at + 8) : 0
    yield { block: high * 2 ** 32 + raw.u32(at), escaped: (flags & TAG.escaped) !== 0 }
    if ((flags & TAG.last) !== 0) return
    at += size + ((flags & TAG.sameUuid) !== 0 ? 0 : 16)
  }
}

function* revokedBy(raw: Structure, { incompat }: Geometry): Generator<number> {
  const is64 = (incompat & INCOMPAT.bit64) !== 0
  const size = is64 ? 8 : 4
  const end = Math.min(raw.u32(HEADER), raw.length)
  for (let at = HEADER + 4; at + size <= end; at += size) yield is64 ? raw.u64(at) : raw.u32(at)
}

/** The file system as it is after the journal was replayed. */
export class ReplayedSource implements Source {
  readonly #place: Source
  readonly #journal: Source
  readonly #blocks: Replay['blocks']
  readonly #blockSize: number

  constructor(place: Source, journal: Source, { blocks }: Replay, blockSize: number) {
    this.#place = place
    this.#journal = journal
    this.#blocks = blocks
    this.#blockSize = blockSize
  }

  get size(): number {
    return this.#place.size
  }

  read(into: Uint8Array, position: number): number {
    const count = this.#place.read(into, position)
    const size = this.#blockSize
    const last = Math.floor((position + count - 1) / size)
    for (let block = Math.floor(position / size); block <= last; block++) {
      const logged = this.#blocks.get(block)
      if (logged !== undefined) this.#readLogged(into.subarray(0, count), position - block * size, logged)
    }
    return count
  }

  /** Copies what `into` covers of the block; `from` is where in the block `into` starts, below 0 before it. */
  #readLogged(into: Uint8Array, from: number, { block, escaped }: Logged): void {
    const skip = Math.max(0, from)
    const to = into.subarray(Math.max(0, -from)).subarray(0, this.#blockSize - skip)
    this.#journal.read(to, block * this.#blockSize + skip)
    if (!escaped) return
    for (let at = skip; at < 4 && at - skip < to.length; at++)
      to[at - skip] = (MAGIC >>> (24 - 8 * at)) & 0xff
  }
}
