/**
 * VMware's VMDK: sparse, streamOptimized and flat extents, the older COWD, and descriptors that put several together.
 * Source: VMware's "Virtual Disk Format 1.1", whose names are used here; QEMU's block/vmdk.c for COWD.
 */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import { type ContainerContext, openNamed } from '../context.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import { type Disk, plainDisk, SECTOR } from './disk.ts'
import { type Descriptor, type ExtentLine, readDescriptor } from './vmdk-descriptor.ts'
import { COWD, openSparseExtent, SPARSE, type SparseExtent } from './vmdk-extent.ts'
import { openSeSparse } from './vmdk-sesparse.ts'

/** Opens a disk by its descriptor or its only extent, with the extents and the parent that it names. Throws a ContainerError. */
export function openVmdk(source: Source, context: ContainerContext): Disk {
  const metadata = new Metadata(source, { layer: 'vmdk', budget: context.budget })
  const magic = metadata.read('header', 0, 4).u32(0)
  if (magic !== SPARSE && magic !== COWD) {
    const length = Math.min(source.size, 65536)
    const descriptor = readDescriptor(metadata, 0, length)
    if (descriptor.extents.length === 0) throw metadata.corrupt('descriptor', 'it names no extent', 0)
    return plainDisk('vmdk', joinExtents(descriptor, metadata, context))
  }
  const extent = openSparseExtent(metadata, context)
  const { descriptor } = extent
  // The descriptor in a sparse extent names that extent, or others as well.
  if (descriptor !== undefined && descriptor.extents.length > 1) {
    return plainDisk('vmdk', joinExtents(descriptor, metadata, context))
  }
  const parent = descriptor === undefined ? undefined : openParent(descriptor, context)
  return plainDisk(
    'vmdk',
    new Extents([{ start: 0, size: extent.size, sparse: extent }], parent, metadata).source,
  )
}

/** Of a snapshot: the disk that it was made of. */
function openParent({ parent }: Descriptor, context: ContainerContext): Source | undefined {
  if (parent === undefined) return undefined
  const named = openNamed(context, parent.name, 'vmdk', parent.offset)
  return openVmdk(named.source, named.context)
}

interface Part {
  start: number
  /** In bytes. */
  size: number
  /** Neither: zeros. */
  flat?: Source
  sparse?: SparseExtent
}

function joinExtents(descriptor: Descriptor, metadata: Metadata, context: ContainerContext): Source {
  const parts: Part[] = []
  let start = 0
  for (const line of descriptor.extents) {
    const part = openExtent(line, start, metadata, context)
    parts.push(part)
    start += part.size
  }
  return new Extents(parts, openParent(descriptor, context), metadata).source
}

function openExtent(line: ExtentLine, start: number, metadata: Metadata, context: ContainerContext): Part {
  const size = line.sectors * SECTOR
  if (line.type === 'ZERO') return { start, size }
  const named = openNamed(context, line.name, 'vmdk', line.offset)
  if (line.type === 'FLAT' || line.type === 'VMFS') {
    return { start, size, flat: new SliceSource(named.source, line.start * SECTOR, size) }
  }
  if (line.type === 'SESPARSE') {
    const extent = new Metadata(named.source, { layer: 'vmdk', budget: context.budget })
    return { start, size, sparse: openSeSparse(extent) }
  }
  if (line.type !== 'SPARSE' && line.type !== 'VMFSSPARSE') {
    throw metadata.unsupported('extent', `its type is ${line.type}`, line.offset)
  }
  const extent = new Metadata(named.source, { layer: 'vmdk', budget: context.budget })
  return { start, size, sparse: openSparseExtent(extent, named.context) }
}

class Extents {
  readonly source: Source
  readonly #parts: readonly Part[]
  readonly #parent: Source | undefined

  constructor(parts: readonly Part[], parent: Source | undefined, { budget }: Metadata) {
    this.#parts = parts
    this.#parent = parent
    const size = parts.reduce((sum, part) => sum + part.size, 0)
    this.source = new MappedSource({ layer: 'vmdk', budget, size, locate: at => this.#locate(at) })
  }

  #locate(position: number): Run {
    const part = this.#parts.findLast(({ start }) => start <= position)!
    const within = position - part.start
    const rest = part.size - within
    if (part.flat !== undefined) {
      if (within >= part.flat.size) return { length: rest }
      return { length: Math.min(rest, part.flat.size - within), source: part.flat, offset: within }
    }
    const run = part.sparse?.locate(within)
    if (run === undefined) return { length: rest }
    const length = Math.min(run.length, rest)
    return run.isMissing === true ? this.#below(position, length) : { ...run, length }
  }

  #below(position: number, length: number): Run {
    if (this.#parent === undefined || position >= this.#parent.size) return { length }
    return { length: Math.min(length, this.#parent.size - position), source: this.#parent, offset: position }
  }
}
