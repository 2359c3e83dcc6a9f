/** ISO 9660 as a tree of files: with Rock Ridge where it is there, else with Joliet, else with its own names. */
import type { Source } from '../../../source/source.ts'
import type { ContainerContext } from '../../context.ts'
import { decodeName, isSelfOrParent } from '../../file-name.ts'
import type { DirectoryEntry, FileKind, FileNode, FileTree } from '../../file-tree.ts'
import { MappedSource, type Run } from '../../mapped-source.ts'
import { Metadata } from '../../metadata.ts'
import { type BootImage, readBootImages } from './el-torito.ts'
import { type RockRidge, readRockRidge, rockRidgeSkip } from './rock-ridge.ts'
import { type DirectoryRecord, readVolumes, recordsOf, selfRecord, type Volume } from './volume.ts'

/** A file of 2^53 bytes in pieces of 4 GiB less a block. */
const MAX_EXTENTS = 1 << 12

interface Extent {
  readonly start: number
  readonly size: number
}

interface IsoNode extends FileNode {
  readonly extents: readonly Extent[]
  readonly rockRidge: RockRidge | undefined
  /** Of an image that the disc boots from. */
  readonly image?: Source
}

/** Opens ISO 9660. Throws a ContainerError where it cannot be read. */
export function openIso(source: Source, { budget }: Pick<ContainerContext, 'budget'>): FileTree {
  const metadata = new Metadata(source, { layer: 'iso9660', budget })
  const volumes = readVolumes(metadata)
  const primary = volumes.find(({ joliet }) => !joliet)
  if (primary !== undefined) {
    const skip = rockRidgeSkip(selfRecord(metadata, primary.root, primary.blockSize))
    if (skip !== undefined) return new IsoTree(metadata, primary, skip)
  }
  return new IsoTree(metadata, volumes.find(({ joliet }) => joliet) ?? volumes[0]!, undefined)
}

/**
 * The primary volume by its own names, in the case that they have there, as readers know it that know no Joliet;
 * undefined where it has Rock Ridge. Throws a ContainerError where it cannot be read.
 */
export function openPlainIso(
  source: Source,
  { budget }: Pick<ContainerContext, 'budget'>,
): FileTree | undefined {
  const metadata = new Metadata(source, { layer: 'iso9660', budget })
  const primary = readVolumes(metadata).find(({ joliet }) => !joliet)
  if (primary === undefined) return undefined
  const skip = rockRidgeSkip(selfRecord(metadata, primary.root, primary.blockSize))
  return skip === undefined ? new IsoTree(metadata, primary, undefined, storedName) : undefined
}

class IsoTree implements FileTree {
  readonly format = 'iso9660'
  readonly remarks = []
  readonly root: IsoNode
  readonly #metadata: Metadata
  readonly #volume: Volume
  readonly #rockRidgeSkip: number | undefined
  readonly #nameOf: (bytes: Uint8Array) => string

  constructor(
    metadata: Metadata,
    volume: Volume,
    skip: number | undefined,
    nameOf: (bytes: Uint8Array) => string = volume.joliet ? jolietName : plainName,
  ) {
    this.#metadata = metadata
    this.#volume = volume
    this.#rockRidgeSkip = skip
    this.#nameOf = nameOf
    this.root = this.#node([volume.root], undefined)
  }

  get besides(): DirectoryEntry[] {
    return readBootImages(this.#metadata).map((image, index) => ({
      name: `@boot${index + 1}`,
      node: () => bootNode(image),
    }))
  }

  *list(directory: FileNode): Generator<DirectoryEntry> {
    let count = 0
    for (const { name, records, rockRidge } of this.#entries(directory as IsoNode)) {
      this.#metadata.budget.entries('iso9660', ++count)
      yield { name, node: () => this.#node(records, rockRidge) }
    }
  }

  /** Names of Rock Ridge, and stored ones, are as they are; others are found in upper and lower case. */
  find(directory: FileNode, name: string): FileNode | undefined {
    const exact = this.#rockRidgeSkip !== undefined || this.#nameOf === storedName
    const wanted = exact ? name : name.toLowerCase()
    for (const entry of this.#entries(directory as IsoNode)) {
      const matches = exact ? entry.name === wanted : entry.name.toLowerCase() === wanted
      if (matches) return this.#node(entry.records, entry.rockRidge)
    }
    return undefined
  }

  readLink(link: FileNode): string {
    return (link as IsoNode).rockRidge?.link ?? ''
  }

  open(file: FileNode): Source {
    const { extents, size, rockRidge, image } = file as IsoNode
    if (image !== undefined) return image
    if (rockRidge?.compressed)
      throw this.#metadata.unsupported('file', 'it is compressed (zisofs)', extents[0]?.start)
    return new MappedSource({
      layer: 'iso9660',
      budget: this.#metadata.budget,
      size,
      locate: position => locate(this.#metadata.source, extents, position),
    })
  }

  *#entries({ extents }: IsoNode): Generator<Entry> {
    let records: DirectoryRecord[] = []
    for (const extent of extents) {
      for (const record of recordsOf(this.#metadata, extent, this.#volume.blockSize)) {
        records.push(record)
        if (records.length > MAX_EXTENTS) {
          throw this.#metadata.corrupt(
            'directory',
            `a file has more than ${MAX_EXTENTS} extents`,
            record.offset,
          )
        }
        if (record.more) continue
        const entry = this.#entry(records)
        records = []
        if (entry !== undefined) yield entry
      }
    }
  }

  #entry(records: DirectoryRecord[]): Entry | undefined {
    const [first] = records as [DirectoryRecord]
    const [skip, { blockSize }] = [this.#rockRidgeSkip, this.#volume]
    const rockRidge =
      skip === undefined ? undefined : readRockRidge(this.#metadata, first, { skip, blockSize })
    // A directory that was moved is found where it belongs.
    if (rockRidge?.moved) return undefined
    const name = rockRidge?.name ?? this.#nameOf(first.name)
    return name === '' || isSelfOrParent(name) ? undefined : { name, records, rockRidge }
  }

  #node(records: readonly DirectoryRecord[], rockRidge: RockRidge | undefined): IsoNode {
    const [first] = records as [DirectoryRecord]
    if (rockRidge?.movedTo !== undefined) {
      const moved = selfRecord(this.#metadata, { ...first, start: rockRidge.movedTo }, this.#volume.blockSize)
      return directoryNode({ start: rockRidge.movedTo, size: moved.size }, rockRidge)
    }
    if (first.directory) return directoryNode(first, rockRidge)
    const kind: FileKind =
      rockRidge?.kind === 'link' && rockRidge.link !== undefined ? 'link' : fileKind(rockRidge)
    const size = records.reduce((sum, record) => sum + record.size, 0)
    // Hard links share their bytes; an empty file has none.
    const key = size === 0 ? `record ${first.offset}` : `file ${first.start}`
    return { kind, size, key, extents: records.map(({ start, size }) => ({ start, size })), rockRidge }
  }
}

interface Entry {
  readonly name: string
  readonly records: readonly DirectoryRecord[]
  readonly rockRidge: RockRidge | undefined
}

const fileKind = (rockRidge: RockRidge | undefined): FileKind =>
  rockRidge?.kind === undefined || rockRidge.kind === 'file' ? 'file' : 'other'

/** As a file of the disc that it may be too. */
const bootNode = ({ start, source }: BootImage): IsoNode => ({
  kind: 'file',
  size: source.size,
  key: `file ${start}`,
  extents: [],
  rockRidge: undefined,
  image: source,
})

const directoryNode = ({ start, size }: Extent, rockRidge: RockRidge | undefined): IsoNode => ({
  kind: 'directory',
  size: 0,
  key: `directory ${start}`,
  extents: [{ start, size }],
  rockRidge,
})

function locate(source: Source, extents: readonly Extent[], position: number): Run {
  let start = 0
  for (const extent of extents) {
    const into = position - start
    if (into < extent.size) return { length: extent.size - into, source, offset: extent.start + into }
    start += extent.size
  }
  return { length: 0 }
}

const UTF16 = new TextDecoder('utf-16be')

/** Without the version that some writers add. */
const jolietName = (bytes: Uint8Array): string =>
  decodeName(new TextEncoder().encode(UTF16.decode(bytes).replace(/;\d+$/, '')))

/** Without the version 1, and then without a dot at the end. */
const storedName = (bytes: Uint8Array): string => decodeName(bytes).replace(/(?<=.)\.?;1$/, '')

/** In lower case and without the version and the dot of an empty extension, as Linux shows it (fs/isofs/namei.c). */
const plainName = (bytes: Uint8Array): string =>
  decodeName(bytes).toLowerCase().replace(/;\d+$/, '').replace(/\.$/, '')
