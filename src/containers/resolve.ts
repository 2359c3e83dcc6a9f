/** From an address inside a container to the bytes there. */
import type { Source } from '../source/source.ts'
import { type AddressPart, parseInside } from './address.ts'
import type { ArchiveEntry } from './archive/archive.ts'
import type { ContainerError } from './container-error.ts'
import { type ContainerContext, insideContext, withPeers } from './context.ts'
import { plainDisk } from './disk/disk.ts'
import type { FileNode, FileTree } from './file-tree.ts'
import { type Layer, openLayer } from './layer.ts'
import { findPath } from './path.ts'
import { openVolumeSets } from './volume/sets.ts'

/** Hard links that lead to each other, at most: one is usual. */
const MAX_HARD_LINKS = 8

/** Raised where an address leads to nothing. */
export class AddressError extends Error {
  override name = 'AddressError'
}

/**
 * Opens what the address `inside` names in `source`: a file, or a volume where it ends there. Throws an AddressError
 * where it leads to nothing, and a ContainerError where a layer on the way cannot be read.
 */
export function openInside(source: Source, context: ContainerContext, inside: string): Source {
  let parts: AddressPart[]
  try {
    parts = parseInside(inside)
  } catch (error) {
    if (error instanceof URIError)
      throw new AddressError(`${inside}: a % is not followed by two hexadecimal digits`)
    throw error
  }
  return parts.reduce(
    (here, names, index) => openPart(here, index === 0 ? context : insideContext(context), names),
    source,
  )
}

function openPart(source: Source, context: ContainerContext, names: AddressPart): Source {
  let left = names
  let here = source
  let around = context
  while (true) {
    if (left.length === 0) return here
    const layer = openLayer(here, around)
    if (layer === undefined)
      throw new AddressError(`${left.join('/')}: there is no container that it could be in`)
    const next = step(layer, around, left)
    around = withPeers(layer.kind === 'stream' ? around : insideContext(around), next.peers)
    here = next.source
    left = next.left
    if (next.isFile) return here
  }
}

interface Step {
  source: Source
  left: AddressPart
  isFile?: boolean
  peers?: readonly Source[]
}

function step(layer: Layer, context: ContainerContext, names: AddressPart): Step {
  const [first, ...rest] = names
  switch (layer.kind) {
    case 'stream':
      return { source: layer.source, left: names }
    case 'disk': {
      if (!first!.startsWith('@')) return { source: layer.disk, left: names }
      const name = first!.slice(1)
      const snapshot =
        layer.disk.snapshots.find(({ id }) => id === name) ??
        layer.disk.snapshots.find(candidate => candidate.name === name)
      if (snapshot === undefined)
        throw missing(
          names,
          layer.format,
          'snapshots',
          layer.disk.snapshots.map(({ id }) => `@${id}`),
        )
      return { source: plainDisk(layer.format, snapshot.open()), left: rest }
    }
    case 'volumes': {
      const volumes = [
        ...openVolumeSets(layer.table, context, error => {
          throw error
        }),
      ]
      const found = volumes.find(({ volume }) => volume.name === first)
      if (found === undefined)
        throw missing(
          names,
          layer.format,
          'volumes',
          volumes.map(({ volume }) => volume.name),
        )
      const { volume, peers = [] } = found
      return { source: volume.open(), left: rest, peers }
    }
    case 'tree': {
      const node = findNode(layer.tree, names)
      if (node?.kind !== 'file')
        throw new AddressError(`/${names.join('/')}: the ${layer.format} file system has no such file`)
      return { source: layer.tree.open(node), left: [], isFile: true }
    }
    case 'images':
      return openInImages(layer, names)
    case 'archive':
      return openEntry(layer.format, () => layer.entries(true), names)
  }
}

/** A file in the only image of a store, or in the one that the first name says. */
function openInImages({ format, store }: Layer & { kind: 'images' }, names: AddressPart): Step {
  let fault: ContainerError | undefined
  const fail = (error: ContainerError) => {
    fault ??= error
  }
  const images = store.images(fail)
  const [first, ...rest] = names
  const image = images.length === 1 ? images[0] : images.find(({ name }) => name === first)
  try {
    if (image === undefined) {
      const known = images.map(({ name }) => name)
      throw missing(names, format, 'images', known)
    }
    const entries = () => image.entries({ everywhere: true, fail })
    return openEntry(format, entries, images.length === 1 ? names : rest)
  } catch (error) {
    // It may be in what cannot be read.
    throw error instanceof AddressError ? (fault ?? error) : error
  }
}

/**
 * The file at a path from the root of the tree, or from what a system has as its root: subvolumes, the default one
 * first.
 */
function findNode(tree: FileTree, names: AddressPart): FileNode | undefined {
  const path = `/${names.join('/')}`
  const node = findPath(tree, path)?.node
  if (node !== undefined) return node
  for (const root of tree.systemRoots ?? []) {
    const found = root.length === 0 ? undefined : findPath(tree, path, { root })
    if (found !== undefined) return found.node
  }
  return tree.besides?.find(({ name }) => name === names.join('/'))?.node()
}

function openEntry(format: string, entries: () => Iterable<ArchiveEntry>, names: AddressPart): Step {
  let path = names.join('/')
  for (let links = 0; links < MAX_HARD_LINKS; links++) {
    let next: string | undefined
    for (const entry of entries()) {
      if (entry.path !== path || entry.kind !== 'file') continue
      if (entry.hardLink === undefined) return { source: entry.open(), left: [], isFile: true }
      next = entry.hardLink
      break
    }
    if (next === undefined) break
    path = next
  }
  throw new AddressError(`${names.join('/')}: the ${format} has no such file`)
}

function missing(names: AddressPart, format: string, what: string, known: readonly string[]): AddressError {
  const list = known.length === 0 ? `it has no ${what}` : `its ${what} are ${known.join(', ')}`
  return new AddressError(`${names[0]}: there is none of that name in the ${format}, ${list}`)
}
