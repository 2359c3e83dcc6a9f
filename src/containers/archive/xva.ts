/**
 * XVA, the export of a VM of XenServer and XCP-ng: a tar in which each disk is a folder of numbered chunks of 1 MiB.
 * Chunks of zeros are left out; an empty one is a sign of life that takes a number and no place.
 * Source: xen-api ocaml/xapi/stream_vdi.ml, `send_one` and `write_block`.
 */
import { readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import type { Volume, VolumeTable } from '../volume/volume.ts'
import type { ArchiveEntry } from './archive.ts'
import { readTar } from './tar.ts'

const CHUNK = 2 ** 20
const NAME = /^(Ref:\d+)\/(\d{8,})$/

/** Whether a tar that starts so is an export: its first member describes the VM. */
export function isXva(head: Uint8Array): boolean {
  const name = 'ova.xml'
  for (let at = 0; at < name.length; at++) if (head[at] !== name.charCodeAt(at)) return false
  return head[name.length] === 0
}

/** Of a VM with hundreds of disks it has some megabytes. */
const MAX_DESCRIPTION = 16 * 2 ** 20

interface Chunk {
  size: number
  source: Source
}

/** The chunks of one disk, by their place in it. */
interface DiskChunks {
  byIndex: Map<number, Chunk>
  /** Signs of life so far. */
  skipped: number
  /** The highest place so far, and the end of what is there, in bytes. */
  last: number
  end: number
}

/**
 * Opens an export; its disks are named as in it: `Ref:12`. Where the description says how long they are, the export is
 * read no further than somebody asks: it may be a compressed stream. Throws a ContainerError.
 */
export function openXva(source: Source, budget: Budget): VolumeTable {
  const index = new XvaIndex(source, budget)
  const described = index.described()
  if (described.length === 0) index.readAll()
  const sizes = described.length > 0 ? described : index.sizes()
  const volumes = sizes.map(([name, size]): Volume => {
    const locate = (position: number) => index.locate(name, position)
    const open = () => new MappedSource({ layer: 'xva', budget, size, locate })
    return { name, type: 'vdi', size, open }
  })
  return { format: 'xva', volumes }
}

/** The chunks that were met so far. */
class XvaIndex {
  readonly #budget: Budget
  readonly #entries: Iterator<ArchiveEntry>
  readonly #disks = new Map<string, DiskChunks>()
  #hasEnded = false
  /** What ended it: whatever comes after that is not known. */
  #fault: unknown

  constructor(source: Source, budget: Budget) {
    this.#budget = budget
    this.#entries = readTar(source, budget)[Symbol.iterator]()
  }

  /** The disks that the description has, with their sizes; none where it does not say them. */
  described(): [name: string, size: number][] {
    const entry = this.#next()
    if (entry?.path !== 'ova.xml' || entry.size > MAX_DESCRIPTION) return []
    this.#budget.metadata('xva', entry.size)
    const text = new TextDecoder().decode(readBytes(entry.open(), 0, entry.size))
    return text.split(/<name>class<\/name>\s*<value>/).flatMap((object): [string, number][] => {
      const name = /<name>id<\/name>\s*<value>(Ref:\d+)</.exec(object)?.[1]
      const size = Number(/<name>virtual_size<\/name>\s*<value>(\d{1,15})</.exec(object)?.[1] ?? '')
      return object.startsWith('VDI<') && name !== undefined && size > 0 ? [[name, size]] : []
    })
  }

  readAll(): void {
    while (!this.#hasEnded) this.#readMore()
  }

  sizes(): [name: string, size: number][] {
    return [...this.#disks].map(([name, { end }]) => [name, end])
  }

  locate(name: string, position: number): Run {
    const place = Math.floor(position / CHUNK)
    const within = position % CHUNK
    // What is not there before a later chunk is zeros.
    while (!this.#hasEnded && (this.#disks.get(name)?.last ?? -1) < place) this.#readMore()
    const chunk = this.#disks.get(name)?.byIndex.get(place)
    if (chunk === undefined || within >= chunk.size) return { length: CHUNK - within }
    return { length: chunk.size - within, source: chunk.source, offset: within }
  }

  #next(): ArchiveEntry | undefined {
    if (this.#fault !== undefined) throw this.#fault
    try {
      const { value, done } = this.#entries.next()
      return done === true ? undefined : value
    } catch (error) {
      this.#fault = error
      throw error
    }
  }

  #readMore(): void {
    const entry = this.#next()
    if (entry === undefined) {
      this.#hasEnded = true
      return
    }
    const [, name, digits] = NAME.exec(entry.path) ?? []
    if (name === undefined || entry.kind !== 'file') return
    const disk = this.#disks.get(name) ?? { byIndex: new Map(), skipped: 0, last: -1, end: 0 }
    this.#disks.set(name, disk)
    if (entry.size === 0) {
      disk.skipped++
      return
    }
    const place = Number(digits) - disk.skipped
    disk.byIndex.set(place, { size: entry.size, source: entry.open() })
    disk.last = Math.max(disk.last, place)
    disk.end = Math.max(disk.end, place * CHUNK + entry.size)
  }
}
