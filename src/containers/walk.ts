/** Walks all layers of a container to the files in which kernels may be. */
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { type AddressPart, writeInside } from './address.ts'
import type { ArchiveEntry } from './archive/archive.ts'
import { ContainerError } from './container-error.ts'
import type { ContainerStep } from './container-step.ts'
import type { ContainerContext } from './context.ts'
import { detectContainer } from './detect.ts'
import { type Detected, detectHead } from './detect-head.ts'
import type { DirectoryEntry, FileNode, FileTree } from './file-tree.ts'
import { holdsKernels, isImageLayer, leadsToKernels, mayBeKernel } from './kernel-places.ts'
import { LOOK_LENGTH, looksLikeKernel } from './kernel-test.ts'
import { type Layer, openDetected, openLayer } from './layer.ts'
import { findPath } from './path.ts'
import { openVolumeSets } from './volume/sets.ts'
import type { VolumeTable } from './volume/volume.ts'

/** A place inside a container. */
export interface Place {
  /** Its address after the container's `!/`. */
  inside: string
  steps: readonly ContainerStep[]
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
}

/** Walks what `source` holds. Returns false where it is no container. */
export function walkContainer(
  source: Source,
  context: ContainerContext,
  visitor: Visitor,
  options: WalkOptions = {},
): boolean {
  return new Walk(context, visitor, options).enter(source, { parts: [[]], steps: [] })
}

interface Position {
  parts: readonly AddressPart[]
  steps: readonly ContainerStep[]
}

class Walk {
  readonly #context: ContainerContext
  readonly #visitor: Visitor
  readonly #everywhere: boolean

  constructor(context: ContainerContext, visitor: Visitor, { everywhere = false }: WalkOptions) {
    this.#context = context
    this.#visitor = visitor
    this.#everywhere = everywhere
  }

  /** Looks into a source; false where it is no container. */
  enter(source: Source, at: Position): boolean {
    let layer: Layer | undefined
    this.#guard(at, () => {
      if (at.parts.length > this.#context.budget.limits.depth) throw tooDeep(this.#context, at)
      layer = openLayer(source, this.#context)
    })
    return layer === undefined ? this.#failed : this.#enterLayer(layer, at)
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
  #enterLayer(layer: Layer, at: Position): boolean {
    switch (layer.kind) {
      case 'disk':
        this.enter(layer.disk, { ...at, steps: [...at.steps, { format: layer.format }] })
        break
      case 'stream':
        return this.#enterStream(layer, { ...at, steps: [...at.steps, { format: layer.format }] })
      case 'volumes':
        this.#enterVolumes(layer.table, at)
        break
      case 'tree':
        this.#guard(at, () =>
          new TreeWalk(layer.tree, this.#everywhere).run((names, node) =>
            this.#takeNode(layer.tree, names, node, at),
          ),
        )
        break
      case 'archive':
        this.#guard(at, () => this.#walkArchive(layer.format, layer.entries(this.#everywhere), at))
        break
    }
    return true
  }

  #enterStream({ source }: Layer & { kind: 'stream' }, at: Position): boolean {
    try {
      const detected = detectInStream(source)
      if (detected === undefined) return false
      let layer: Layer | undefined
      this.#guard(at, () => {
        layer = openDetected(detected, source, this.#context)
      })
      if (layer !== undefined) this.#enterLayer(layer, at)
      return true
    } finally {
      source.close()
    }
  }

  #enterVolumes(table: VolumeTable, at: Position): void {
    const fail = (error: ContainerError) => this.#visitor.problem(placeOf(at), error)
    for (const { volume, format } of openVolumeSets(table, this.#context, fail)) {
      const inside = below(at, [volume.name], { format, volume: volume.name })
      this.#guard(inside, () => this.enter(volume.open(), inside))
    }
  }

  #takeNode(tree: FileTree, names: readonly string[], node: FileNode, at: Position): void {
    const inside = below(at, names, { format: tree.format, path: `/${names.join('/')}` })
    this.#guard(inside, () => this.#takeFile(tree.open(node), inside, mayBeKernel(names)))
  }

  #walkArchive(format: string, entries: Iterable<ArchiveEntry>, at: Position): void {
    for (const entry of entries) {
      const names = entry.path.split('/').filter(name => name !== '')
      if (entry.kind !== 'file' || entry.hardLink !== undefined || names.includes('..')) continue
      if (!this.#everywhere && !mayBeKernel(names) && format !== 'uki') continue
      const inside = below(at, names, { format, path: `/${names.join('/')}` })
      this.#guard(inside, () => this.#takeFile(entry.open(), inside, mayBeKernel(names)))
    }
  }

  #takeFile(source: Source, at: Position, isExpected: boolean): void {
    if (source.size === 0) return
    if (this.#visitor.file({ ...placeOf(at), source, isExpected })) return
    const isLayer = isImageLayer(at.parts.at(-1)!)
    if (this.#everywhere || isLayer || mayHoldKernels(source))
      this.enter(source, { ...at, parts: [...at.parts, []] })
  }
}

/** The position of something with `names` below another one, in the layer of `step`. */
function below({ parts, steps }: Position, names: readonly string[], step: ContainerStep): Position {
  const last = parts.at(-1)!
  return { parts: [...parts.slice(0, -1), [...last, ...names]], steps: [...steps, step] }
}

const placeOf = ({ parts, steps }: Position): Place => ({
  inside: writeInside(parts.at(-1)!.length === 0 && parts.length > 1 ? parts.slice(0, -1) : parts),
  steps,
})

function tooDeep({ budget }: ContainerContext, { steps }: Position): ContainerError {
  const message = `Cannot look into the container: more than ${budget.limits.depth} containers are in each other`
  return new ContainerError('container-limit', steps.at(-1)?.format ?? 'container', message)
}

/** The files of a tree in the places where kernels lie, or all of them; each once, whatever names lead to it. */
class TreeWalk {
  readonly #tree: FileTree
  readonly #everywhere: boolean
  readonly #seen = new Set<string>()

  constructor(tree: FileTree, everywhere: boolean) {
    this.#tree = tree
    this.#everywhere = everywhere
  }

  run(take: (names: readonly string[], node: FileNode) => void): void {
    this.#walk([], this.#tree.root, take)
  }

  #walk(
    names: readonly string[],
    directory: FileNode,
    take: (names: readonly string[], node: FileNode) => void,
  ): void {
    if (this.#seen.has(directory.key)) return
    this.#seen.add(directory.key)
    const takesFiles = this.#everywhere || holdsKernels(names)
    for (const entry of sorted(this.#tree.list(directory))) {
      const path = [...names, entry.name]
      const isWanted = takesFiles && (this.#everywhere || mayBeKernel(path))
      const leadsOn = this.#everywhere || leadsToKernels(path)
      if (!isWanted && !leadsOn) continue
      const node = entry.node()
      if (node.kind === 'file' && isWanted && !this.#seen.has(node.key)) {
        this.#seen.add(node.key)
        take(path, node)
      } else if (node.kind === 'directory' && leadsOn) {
        this.#walk(path, node, take)
      } else if (node.kind === 'link' && leadsOn && !this.#everywhere) {
        this.#follow(path, take)
      }
    }
  }

  /** A folder that a link leads to, such as /lib to /usr/lib, is walked by its own names. */
  #follow(path: readonly string[], take: (names: readonly string[], node: FileNode) => void): void {
    const found = findPath(this.#tree, `/${path.join('/')}`)
    if (found?.node.kind === 'directory' && leadsToKernels(found.names)) {
      this.#walk(found.names, found.node, take)
    }
  }
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

/** By name, so that the order does not depend on the file system. */
const sorted = (entries: Iterable<DirectoryEntry>): DirectoryEntry[] =>
  [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
