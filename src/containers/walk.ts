/** Walks all layers of a container to the files in which kernels may be. */
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { type AddressPart, writeInside } from './address.ts'
import type { ArchiveEntry } from './archive/archive.ts'
import { ContainerError } from './container-error.ts'
import type { ContainerStep } from './container-step.ts'
import { type ContainerContext, insideContext, withPeers, withRemark } from './context.ts'
import { detectContainer } from './detect.ts'
import { type Detected, detectHead } from './detect-head.ts'
import type { FileTree } from './file-tree.ts'
import { type Disk, plainDisk } from './disk/disk.ts'
import type { ImageStore } from './image/images.ts'
import { mayBeKernel } from './kernel-places.ts'
import { LOOK_LENGTH, looksLikeKernel } from './kernel-test.ts'
import { inFile, isTooDeep, type Nesting, NO_LAYER, withLayer } from './nesting.ts'
import { type Layer, openDetected, openLayer } from './layer.ts'
import { type TreeFile, TreeWalk } from './tree-walk.ts'
import { openVolumeSets } from './volume/sets.ts'
import type { VolumeTable } from './volume/volume.ts'

/** A place inside a container. */
export interface Place {
  /** Its address after the container's `!/`. */
  inside: string
  steps: readonly ContainerStep[]
  /** What is to be known of the state of the layers that were passed. */
  remarks: readonly string[]
}

export interface InsideFile extends Place {
  source: Source
  /** It lies where kernels lie. */
  isExpected: boolean
}

export interface Visitor {
  /** Takes a file; true where it is a kernel. What is none is looked into, should it be a container. */
  file(file: InsideFile): boolean
  /** A layer, or a folder, that cannot be read; the walk goes on after it. */
  problem(place: Place, error: ContainerError): void
}

export interface WalkOptions {
  /** Look at all files, and not only where kernels lie. */
  everywhere?: boolean
  /** Look into the snapshots of disks, too. */
  snapshots?: boolean
  /** What the source is, where that was looked at before. */
  detected?: Detected | undefined
}

/** Walks what `source` holds. Returns false where it is no container. */
export function walkContainer(
  source: Source,
  context: ContainerContext,
  visitor: Visitor,
  options: WalkOptions = {},
): boolean {
  const from = { parts: [[]], steps: [], notes: [], nesting: NO_LAYER, context }
  return new Walk(context, visitor, options).enter(source, from, options.detected)
}

interface Position {
  parts: readonly AddressPart[]
  steps: readonly ContainerStep[]
  /** Of each layer on the way. */
  notes: readonly (readonly string[])[]
  nesting: Nesting
  context: ContainerContext
}

class Walk {
  readonly #remark: ContainerContext['remark']
  readonly #visitor: Visitor
  readonly #everywhere: boolean
  readonly #snapshots: boolean

  constructor(
    { remark }: ContainerContext,
    visitor: Visitor,
    { everywhere = false, snapshots = false }: WalkOptions,
  ) {
    this.#snapshots = snapshots
    this.#remark = remark
    this.#visitor = visitor
    this.#everywhere = everywhere
  }

  /** Looks into a source, which may be known to be `detected`; false where it is no container. */
  enter(source: Source, from: Position, detected?: Detected): boolean {
    const at = this.#noting(from)
    let layer: Layer | undefined
    this.#guard(at, () => {
      if (at.parts.length > at.context.budget.limits.depth) throw tooDeep(at)
      layer =
        detected === undefined ? openLayer(source, at.context) : openDetected(detected, source, at.context)
    })
    return layer === undefined ? this.#failed : this.#enterLayer(layer, at)
  }

  /** The position of a layer that is opened there: what is remarked of it counts for all that is in it. */
  #noting(at: Position): Position {
    const own: string[] = []
    const context = withRemark(at.context, sentence => {
      own.push(sentence)
      this.#remark(sentence)
    })
    return { ...at, notes: [...at.notes, own], context }
  }

  /** Set where the last layer could not be opened. */
  #failed = false

  /** Does something; an error of a reader is said, and the walk goes on. */
  #guard(at: Position, action: () => void): void {
    this.#failed = false
    try {
      action()
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      this.#failed = true
      this.#visitor.problem(placeOf(at), error)
    }
  }

  /** False for a stream of something that is no container. */
  #enterLayer(layer: Layer, from: Position): boolean {
    const at = { ...from, nesting: withLayer(from.nesting, layer.kind) }
    if (isTooDeep(at.nesting, at.context.budget.limits)) {
      this.#visitor.problem(placeOf(at), tooDeep(at))
      return true
    }
    switch (layer.kind) {
      case 'disk':
        this.#enterDisk(layer.disk, layer.format, { ...at, context: insideContext(at.context) })
        break
      case 'stream':
        return this.#enterStream(layer, { ...at, steps: [...at.steps, { format: layer.format }] })
      case 'volumes':
        this.#enterVolumes(layer.table, at)
        break
      case 'tree':
        this.#guard(at, () =>
          new TreeWalk(layer.tree, this.#everywhere, {
            file: file => this.#takeNode(layer.tree, file, at),
            problem: (names, error) => this.#visitor.problem(placeOf(inTree(at, layer.tree, names)), error),
          }).run(),
        )
        break
      case 'images':
        this.#guard(at, () => this.#enterImages(layer, at))
        break
      case 'archive':
        this.#guard(at, () => this.#walkArchive(layer.format, () => layer.entries(this.#everywhere), at))
        break
    }
    return true
  }

  #enterDisk(disk: Disk, format: string, at: Position): void {
    this.enter(disk, { ...at, steps: [...at.steps, { format }] })
    if (!this.#snapshots) return
    for (const { id, open } of disk.snapshots) {
      const inside = below(at, [`@${id}`], { format, snapshot: id })
      this.#guard(inside, () => this.enter(plainDisk(format, open()), inside))
    }
  }

  #enterStream({ source }: Layer & { kind: 'stream' }, at: Position): boolean {
    try {
      const detected = detectInStream(source)
      if (detected === undefined) return false
      let layer: Layer | undefined
      this.#guard(at, () => {
        layer = openDetected(detected, source, at.context)
      })
      if (layer === undefined) return this.#failed
      this.#enterLayer(layer, at)
      return true
    } finally {
      source.close()
    }
  }

  #enterVolumes(table: VolumeTable, at: Position): void {
    const fail = (error: ContainerError) => this.#visitor.problem(placeOf(at), error)
    for (const { volume, format, peers } of openVolumeSets(table, at.context, fail)) {
      const inside = below(at, [volume.name], { format, volume: volume.name })
      const context = withPeers(insideContext(at.context), peers)
      this.#guard(inside, () => this.enter(volume.open(), { ...inside, context }))
    }
  }

  #takeNode(tree: FileTree, { names, node, isExpected }: TreeFile, at: Position): void {
    const inside = inTree(at, tree, names)
    this.#guard(inside, () => this.#takeFile(tree.open(node), inside, isExpected))
  }

  #enterImages({ format, store }: { format: string; store: ImageStore }, at: Position): void {
    const fail = (error: ContainerError) => this.#visitor.problem(placeOf(at), error)
    const images = store.images(fail)
    for (const image of images) {
      const inside = images.length === 1 ? at : below(at, [image.name], { format, volume: image.name })
      const options = {
        everywhere: this.#everywhere,
        fail: (error: ContainerError) => this.#visitor.problem(placeOf(inside), error),
      }
      this.#guard(inside, () => this.#walkArchive(format, () => image.entries(options), inside))
    }
  }

  /** The files of an archive in their order, and then those under whose names only a link lies where kernels lie. */
  #walkArchive(format: string, entries: () => Iterable<ArchiveEntry>, at: Position): void {
    const links = new Map<string, string[]>()
    for (const entry of entries()) {
      const names = namesOf(entry.path)
      if (entry.kind !== 'file' || !this.#isWanted(names, format)) continue
      const { hardLink } = entry
      if (hardLink === undefined) this.#takeEntry(format, names, entry, at)
      else if (!this.#isWanted(namesOf(hardLink), format)) links.set(hardLink, links.get(hardLink) ?? names)
    }
    if (links.size === 0) return
    for (const entry of entries()) {
      const names = links.get(entry.path)
      if (names === undefined || entry.kind !== 'file' || entry.hardLink !== undefined) continue
      this.#takeEntry(format, names, entry, at)
      links.delete(entry.path)
      if (links.size === 0) return
    }
  }

  #isWanted(names: readonly string[], format: string): boolean {
    if (names.includes('..')) return false
    return this.#everywhere || mayBeKernel(names) || format === 'uki'
  }

  #takeEntry(format: string, names: readonly string[], entry: ArchiveEntry, at: Position): void {
    const inside = below(at, names, { format, path: `/${names.join('/')}` })
    this.#guard(inside, () => {
      const source = entry.open()
      try {
        this.#takeFile(source, inside, mayBeKernel(names))
      } finally {
        source.close?.()
      }
    })
  }

  #takeFile(source: Source, at: Position, isExpected: boolean): void {
    if (source.size === 0) return
    if (this.#visitor.file({ ...placeOf(at), source, isExpected })) return
    if (this.#everywhere || mayHoldKernels(source))
      this.enter(source, {
        ...at,
        parts: [...at.parts, []],
        nesting: inFile(at.nesting),
        context: insideContext(at.context),
      })
  }
}

/** The position of something with `names` below another one, in the layer of `step`. */
function below(
  { parts, steps, notes, nesting, context }: Position,
  names: readonly string[],
  step: ContainerStep,
): Position {
  const last = parts.at(-1)!
  return {
    context,
    notes,
    nesting,
    parts: [...parts.slice(0, -1), [...last, ...names]],
    steps: [...steps, step],
  }
}

/** The position of what has those names in a tree. */
const inTree = (at: Position, tree: FileTree, names: readonly string[]): Position =>
  below(at, names, { format: tree.format, path: `/${names.join('/')}` })

const placeOf = ({ parts, steps, notes }: Position): Place => ({
  remarks: [...new Set(notes.flat())],
  inside: writeInside(parts.at(-1)!.length === 0 && parts.length > 1 ? parts.slice(0, -1) : parts),
  steps,
})

const namesOf = (path: string): string[] => path.split('/').filter(name => name !== '')

function tooDeep({ context: { budget }, steps }: Position): ContainerError {
  const message = `Cannot look into the container: more than ${budget.limits.depth} containers are in each other`
  return new ContainerError('container-limit', steps.at(-1)?.format ?? 'container', message)
}

/** What a stream unpacks to; nothing where its first bytes do not unpack: then it is no container either. */
function detectInStream(source: Source): Detected | undefined {
  try {
    return detectContainer(source)
  } catch (error) {
    if (error instanceof ContainerError) return undefined
    throw error
  }
}

/**
 * Whether a file that is no kernel may be a container. Initial RAM disks lie beside every kernel and hold none; and a
 * text is none, but for the descriptor of a disk.
 */
function mayHoldKernels(source: Source): boolean {
  const head = readBytes(source, 0, LOOK_LENGTH)
  const detected = detectHead(head)
  if (detected !== undefined) return detected.kind !== 'stream' && detected.format !== 'cpio'
  return looksLikeKernel(head) !== 'no'
}
