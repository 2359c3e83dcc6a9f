/**
 * LVM2: linear, striped, mirrored and thin logical volumes of the physical volumes that are at hand.
 * Source: lvm2 lib/format_text/layout.h and lib/label/label.h, whose names are used here.
 */
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { ContainerError } from '../container-error.ts'
import { decodeName } from '../file-name.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import { type LvmSection, LvmTextError, type LvmValue, parseLvmText } from './lvm-text.ts'
import { ThinPool } from './thin.ts'
import type { Volume } from './volume.ts'

const SECTOR = 512
const LABEL_SECTORS = 4
/** `LABELONE`, `LVM2 001`, little-endian. */
const LABEL = 0x454e4f4c4542414cn
const TYPE = 0x31303020324d564cn
const MAX_TEXT = 2 ** 20
const MAX_LOCATIONS = 16
const MAX_SEGMENTS = 100_000
/** Segment types that hold the same bytes in each of their parts, or in one. */
const MIRRORS = new Set(['raid1', 'mirror'])

export interface PhysicalVolume {
  uuid: string
  source: Source
  /** The text of its volume group; absent where it has none. */
  text: string | undefined
}

/** Reads the label of a physical volume. Throws a ContainerError. */
export function readPhysicalVolume(source: Source, budget: Budget): PhysicalVolume {
  const metadata = new Metadata(source, { layer: 'lvm2', budget })
  for (let sector = 0; sector < LABEL_SECTORS; sector++) {
    const label = metadata.read('label', sector * SECTOR, SECTOR)
    if (label.big64(0) !== LABEL || label.big64(24) !== TYPE) continue
    const header = label.part(label.u32(20))
    const uuid = decodeName(header.slice(0, 32))
    // Data areas, then metadata areas, each list with zeros at its end.
    let at = 40
    for (let count = 0; header.u64(at) !== 0 && count < MAX_LOCATIONS; count++) at += 16
    at += 16
    for (let count = 0; header.u64(at) !== 0 && count < MAX_LOCATIONS; count++, at += 16) {
      const text = readArea(metadata, header.u64(at), header.u64(at + 8))
      if (text !== undefined) return { uuid, source, text }
    }
    return { uuid, source, text: undefined }
  }
  throw metadata.corrupt('label', 'there is none in the first four sectors', 0)
}

/** The current text of a metadata area: it goes round behind the header. */
function readArea(metadata: Metadata, start: number, size: number): string | undefined {
  const header = metadata.read('metadata area', start, SECTOR)
  if (decodeName(header.slice(4, 16), { slashes: true }) !== ' LVM2 x[5A%r0N*>') {
    throw header.corrupt('metadata area', 'it has no magic', 4)
  }
  const [offset, length] = [header.u64(40), header.u64(48)]
  if (offset === 0 || length === 0) return undefined
  if (length > MAX_TEXT || length > size || offset < SECTOR || offset >= size) {
    throw header.corrupt(
      'metadata area',
      `its text has ${length} bytes at ${offset}, limit is ${MAX_TEXT}`,
      40,
    )
  }
  const first = Math.min(length, size - offset)
  const bytes = new Uint8Array(length)
  bytes.set(metadata.read('metadata text', start + offset, first).bytes)
  if (first < length) bytes.set(metadata.read('metadata text', start + SECTOR, length - first).bytes, first)
  return decodeName(bytes, { slashes: true })
}

/**
 * The logical volumes of the groups that `members` are in, named `GROUP-VOLUME`. Throws a ContainerError where a group
 * cannot be read; a volume of a type that is not read, or of which a part is missing, throws when it is opened.
 */
export function openVolumeGroups(members: readonly PhysicalVolume[], budget: Budget): Volume[] {
  const groups = new Map<string, LvmSection>()
  for (const { text } of members) {
    if (text === undefined) continue
    for (const [name, section] of parse(text).sections) {
      const known = groups.get(name)
      // The members of a group all have its text; the highest number is the newest.
      if (known === undefined || numberOf(section, 'seqno') > numberOf(known, 'seqno'))
        groups.set(name, section)
    }
  }
  return [...groups].flatMap(([name, section]) => new Group(name, section, members, budget).volumes())
}

function parse(text: string): LvmSection {
  try {
    return parseLvmText(text.replaceAll('\\x00', ''))
  } catch (error) {
    if (!(error instanceof LvmTextError)) throw error
    throw new ContainerError(
      'container-corrupt',
      'lvm2',
      `Cannot read the lvm2 metadata text: ${error.message}`,
    )
  }
}

function numberOf(section: LvmSection | undefined, name: string): number {
  const value = section?.values.get(name)
  if (typeof value === 'number' && value >= 0) return value
  const message = `Cannot read the lvm2 metadata text: ${name} is missing, or no number`
  throw new ContainerError('container-corrupt', 'lvm2', message)
}

const textOf = (section: LvmSection | undefined, name: string): string => {
  const value = section?.values.get(name)
  return typeof value === 'string' ? value : ''
}

/** A piece of a logical volume. */
interface Segment {
  /** In bytes. */
  start: number
  length: number
  type: string
  section: LvmSection
}

class Group {
  readonly #name: string
  readonly #section: LvmSection
  readonly #members: readonly PhysicalVolume[]
  readonly #budget: Budget
  /** In bytes. */
  readonly #extent: number
  readonly #pools = new Map<string, ThinPool>()

  constructor(name: string, section: LvmSection, members: readonly PhysicalVolume[], budget: Budget) {
    this.#name = name
    this.#section = section
    this.#members = members
    this.#budget = budget
    this.#extent = numberOf(section, 'extent_size') * SECTOR
  }

  volumes(): Volume[] {
    const volumes: Volume[] = []
    for (const [name, section] of this.#section.sections.get('logical_volumes')?.sections ?? []) {
      const status = section.values.get('status')
      // Parts of mirrors and pools are not volumes of their own.
      if (!Array.isArray(status) || !status.includes('VISIBLE')) continue
      const segments = this.#segments(section)
      // A pool is seen by its volumes.
      if (segments[0]?.type === 'thin-pool') continue
      volumes.push({
        name: `${this.#name}-${name}`,
        type: [...new Set(segments.map(({ type }) => type))].join(','),
        size: sizeOf(segments),
        open: () => this.#open(name, 0),
      })
    }
    return volumes
  }

  #segments(section: LvmSection): Segment[] {
    const count = numberOf(section, 'segment_count')
    if (count > MAX_SEGMENTS) throw this.#corrupt(`a volume has ${count} segments, limit is ${MAX_SEGMENTS}`)
    return Array.from({ length: count }, (_, index) => {
      const segment = section.sections.get(`segment${index + 1}`)
      if (segment === undefined) throw this.#corrupt(`segment${index + 1} of a volume is missing`)
      return {
        start: numberOf(segment, 'start_extent') * this.#extent,
        length: numberOf(segment, 'extent_count') * this.#extent,
        type: textOf(segment, 'type'),
        section: segment,
      }
    }).sort((a, b) => a.start - b.start)
  }

  #open(name: string, depth: number): Source {
    const section = this.#section.sections.get('logical_volumes')?.sections.get(name)
    if (section === undefined || depth > 4) throw this.#corrupt(`there is no volume ${name}`)
    const segments = this.#segments(section)
    for (const { type } of segments) {
      if (type === 'striped' || type === 'thin' || MIRRORS.has(type)) continue
      const message = `Cannot read the lvm2 volume ${this.#name}-${name}: its segments are of the type ${type}`
      const code = type === 'vdo' || type === 'vdo-pool' ? 'container-not-read' : 'container-unsupported'
      throw new ContainerError(code, 'lvm2', message)
    }
    const [first] = segments
    if (first?.type === 'thin') return this.#openThin(first, sizeOf(segments), depth)
    const parts = segments.map(segment => this.#locator(segment, depth))
    const locate = (position: number): Run => {
      const index = segments.findLastIndex(({ start }) => start <= position)
      const segment = segments[index]
      if (segment === undefined || position >= segment.start + segment.length) {
        throw this.#corrupt(`the volume ${name} has a gap at ${position}`)
      }
      const run = parts[index]!(position - segment.start)
      return { ...run, length: Math.min(run.length, segment.start + segment.length - position) }
    }
    return new MappedSource({ layer: 'lvm2', budget: this.#budget, size: sizeOf(segments), locate })
  }

  /** Finds where a byte of a segment is. */
  #locator({ type, section }: Segment, depth: number): (within: number) => Run {
    if (MIRRORS.has(type)) {
      const source = this.#firstMirror(section, type, depth)
      return within => ({ length: Math.max(1, source.size - within), source, offset: within })
    }
    const stripes = pairs(section.values.get('stripes')).map(([name, extent]) => this.#physical(name, extent))
    if (stripes.length === 0) throw this.#corrupt('a segment has no stripes')
    if (stripes.length === 1) {
      const [{ source, offset }] = stripes as [{ source: Source; offset: number }]
      return within => ({ length: Number.MAX_SAFE_INTEGER, source, offset: offset + within })
    }
    const stripe = numberOf(section, 'stripe_size') * SECTOR
    if (stripe === 0) throw this.#corrupt('a segment has stripes of no size')
    return within => {
      const chunk = Math.floor(within / stripe)
      const { source, offset } = stripes[chunk % stripes.length]!
      const row = Math.floor(chunk / stripes.length)
      return { length: stripe - (within % stripe), source, offset: offset + row * stripe + (within % stripe) }
    }
  }

  /** A thin volume has one segment, and its blocks in the two volumes of its pool. */
  #openThin({ section }: Segment, size: number, depth: number): Source {
    const pool = this.#pool(textOf(section, 'thin_pool'), depth)
    const origin = textOf(section, 'external_origin')
    return pool.open({
      device: numberOf(section, 'device_id'),
      size,
      ...(origin !== '' && { origin: this.#open(origin, depth + 1) }),
    })
  }

  #pool(name: string, depth: number): ThinPool {
    const known = this.#pools.get(name)
    if (known !== undefined) return known
    const section = this.#section.sections.get('logical_volumes')?.sections.get(name)
    const [segment] = section === undefined ? [] : this.#segments(section)
    if (segment?.type !== 'thin-pool') throw this.#corrupt(`there is no thin pool ${name}`)
    const open = (part: string) => this.#open(textOf(segment.section, part), depth + 1)
    const pool = new ThinPool(open('metadata'), open('pool'), this.#budget)
    this.#pools.set(name, pool)
    return pool
  }

  /** `raids` lists pairs of a metadata and a data volume, `mirrors` data volumes with a start each. */
  #firstMirror(section: LvmSection, type: string, depth: number): Source {
    const list = section.values.get(type === 'raid1' ? 'raids' : 'mirrors')
    const names = Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string') : []
    const data = type === 'raid1' ? names.filter((_, index) => index % 2 === 1) : names
    let refusal: unknown
    for (const name of data) {
      try {
        return this.#open(name, depth + 1)
      } catch (error) {
        if (!(error instanceof ContainerError)) throw error
        refusal ??= error
      }
    }
    throw refusal ?? this.#corrupt('a mirror has no parts')
  }

  /** Where an extent of a physical volume is. */
  #physical(name: string, extent: number): { source: Source; offset: number } {
    const section = this.#section.sections.get('physical_volumes')?.sections.get(name)
    const id = textOf(section, 'id').replaceAll('-', '')
    const member = this.#members.find(({ uuid }) => uuid === id)
    if (member === undefined) {
      const message = `Cannot read the lvm2 group ${this.#name}: its physical volume ${name} is not in this image`
      throw new ContainerError('backing-missing', 'lvm2', message)
    }
    return { source: member.source, offset: numberOf(section, 'pe_start') * SECTOR + extent * this.#extent }
  }

  #corrupt(why: string): ContainerError {
    return new ContainerError('container-corrupt', 'lvm2', `Cannot read the lvm2 group ${this.#name}: ${why}`)
  }
}

const sizeOf = (segments: readonly Segment[]): number =>
  segments.reduce((end, { start, length }) => Math.max(end, start + length), 0)

function pairs(list: LvmValue | undefined): [string, number][] {
  if (!Array.isArray(list)) return []
  const found: [string, number][] = []
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [name, extent] = [list[at], list[at + 1]]
    if (typeof name === 'string' && typeof extent === 'number') found.push([name, extent])
  }
  return found
}
