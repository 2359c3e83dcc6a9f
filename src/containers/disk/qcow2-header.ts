/** The header of a qcow2 image, and the extensions after it (docs/interop/qcow2.rst, "Header"). */
import type { BlockCodec } from '../../unwrap/block.ts'
import { ContainerError } from '../container-error.ts'
import { decodeName } from '../file-name.ts'
import type { Metadata } from '../metadata.ts'

const MAGIC = 0x514649fb
const V2_LENGTH = 72
const V3_LENGTH = 104
/** `incompatible_features`. */
const INCOMPATIBLE = { dirty: 0, corrupt: 1, dataFile: 2, compression: 3, extendedL2: 4 }
const KNOWN_INCOMPATIBLE = (1n << 5n) - 1n
const EXTENSION = { end: 0, backingFormat: 0xe2792aca, dataFile: 0x44415441 }
const MAX_EXTENSIONS = 64
const MAX_NAME = 1023
const MIN_CLUSTER_BITS = 9
const MAX_CLUSTER_BITS = 21
/** Extended L2 entries need clusters of 16 KiB, of which 32 subclusters are 512 bytes each. */
const MIN_EXTENDED_BITS = 14
const CODECS: readonly BlockCodec[] = ['deflate', 'zstd']

interface Name {
  name: string
  /** Where it says so. */
  offset: number
}

/** Where the clusters of a disk are listed: of the disk as it is, or of a snapshot. */
export interface ClusterTable {
  l1Offset: number
  /** Entries. */
  l1Size: number
  /** Of the disk, in bytes. */
  size: number
}

export interface Qcow2Header extends ClusterTable {
  version: number
  clusterBits: number
  clusterSize: number
  /** L2 entries of a table. */
  l2Entries: number
  isExtended: boolean
  codec: BlockCodec
  isDirty: boolean
  isCorrupt: boolean
  snapshotCount: number
  snapshotsOffset: number
  backing: (Name & { format: string | undefined }) | undefined
  dataFile: Name | undefined
}

/** Throws a ContainerError. */
export function readHeader(metadata: Metadata): Qcow2Header {
  const raw = metadata.read('header', 0, V2_LENGTH)
  if (raw.u32(0) !== MAGIC) throw metadata.corrupt('header', 'it has no magic', 0)
  const version = raw.u32(4)
  if (version !== 2 && version !== 3) throw metadata.unsupported('header', `its version is ${version}`, 4)
  if (raw.u32(32) !== 0) {
    const message = `Cannot read the qcow2 image: it is encrypted (method ${raw.u32(32)})`
    throw new ContainerError('container-not-read', 'qcow2', message, 32)
  }
  const clusterBits = raw.u32(20)
  if (clusterBits < MIN_CLUSTER_BITS || clusterBits > MAX_CLUSTER_BITS) {
    const range = `${MIN_CLUSTER_BITS} to ${MAX_CLUSTER_BITS}`
    throw metadata.corrupt('header', `its cluster_bits are ${clusterBits}, allowed are ${range}`, 20)
  }
  const size = raw.u64(24)
  if (!Number.isSafeInteger(size)) throw metadata.corrupt('header', `its disk has ${size} bytes`, 24)
  const long = version === 3 ? metadata.read('header', 0, V3_LENGTH) : undefined
  const features = long?.big64(72) ?? 0n
  const has = (bit: number) => ((features >> BigInt(bit)) & 1n) === 1n
  if ((features & ~KNOWN_INCOMPATIBLE) !== 0n) {
    throw metadata.unsupported(
      'image',
      `its incompatible features 0x${features.toString(16)} are not known`,
      72,
    )
  }
  const isExtended = has(INCOMPATIBLE.extendedL2)
  if (isExtended && clusterBits < MIN_EXTENDED_BITS) {
    throw metadata.corrupt(
      'header',
      `its cluster_bits are ${clusterBits}, too few for extended L2 entries`,
      20,
    )
  }
  const clusterSize = 2 ** clusterBits
  const length = long?.u32(100) ?? V2_LENGTH
  const extensions = readExtensions(metadata, length, clusterSize)
  return {
    version,
    clusterBits,
    clusterSize,
    l2Entries: clusterSize / (isExtended ? 16 : 8),
    isExtended,
    size,
    l1Size: raw.u32(36),
    l1Offset: raw.u64(40),
    codec: has(INCOMPATIBLE.compression) ? readCodec(metadata, length) : 'deflate',
    isDirty: has(INCOMPATIBLE.dirty),
    isCorrupt: has(INCOMPATIBLE.corrupt),
    snapshotCount: raw.u32(60),
    snapshotsOffset: raw.u64(64),
    backing: readBacking(metadata, raw.u64(8), raw.u32(16), extensions.get(EXTENSION.backingFormat)),
    dataFile: readDataFile(metadata, has(INCOMPATIBLE.dataFile), extensions.get(EXTENSION.dataFile)),
  }
}

function readCodec(metadata: Metadata, length: number): BlockCodec {
  const type = length > V3_LENGTH ? metadata.read('compression type', V3_LENGTH, 1).u8(0) : 0
  const codec = CODECS[type]
  if (codec === undefined) throw metadata.unsupported('image', `its compression type is ${type}`, V3_LENGTH)
  return codec
}

/** The extensions' data by type, each with its place. */
function readExtensions(metadata: Metadata, start: number, clusterSize: number): Map<number, Name> {
  const found = new Map<number, Name>()
  let at = start
  for (let count = 0; at + 8 <= clusterSize && at + 8 <= metadata.source.size; count++) {
    const raw = metadata.read('header extension', at, 8)
    const type = raw.u32(0)
    const length = raw.u32(4)
    if (type === EXTENSION.end) break
    if (count === MAX_EXTENSIONS || at + 8 + length > clusterSize) {
      const why = `it has ${length} bytes and is number ${count + 1}; all must fit into the first cluster`
      throw metadata.corrupt('header extension', why, at)
    }
    if (type === EXTENSION.backingFormat || type === EXTENSION.dataFile) {
      found.set(type, readName(metadata, at + 8, length))
    }
    at += 8 + Math.ceil(length / 8) * 8
  }
  return found
}

function readName(metadata: Metadata, offset: number, length: number): Name {
  if (length > MAX_NAME) {
    throw metadata.corrupt('file name', `it has ${length} bytes, limit is ${MAX_NAME}`, offset)
  }
  const { bytes } = metadata.read('file name', offset, length)
  return { name: decodeName(bytes, { slashes: true }), offset }
}

function readBacking(metadata: Metadata, offset: number, length: number, format: Name | undefined) {
  if (offset === 0 || length === 0) return undefined
  return { ...readName(metadata, offset, length), format: format?.name }
}

function readDataFile(metadata: Metadata, isUsed: boolean, file: Name | undefined): Name | undefined {
  if (!isUsed) return undefined
  if (file === undefined)
    throw metadata.corrupt('header', 'its data is in another file, which it does not name')
  return file
}
