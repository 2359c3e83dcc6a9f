/** From an address inside a container to the bytes there. */
import type { Source } from '../source/source.ts'
import { type AddressPart, parseInside } from './address.ts'
import type { ContainerContext } from './context.ts'
import { type Layer, openLayer } from './layer.ts'
import { findPath } from './path.ts'
import { openVolumeSets } from './volume/sets.ts'

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
  return parts.reduce((here, names) => openPart(here, context, names), source)
}

function openPart(source: Source, context: ContainerContext, names: AddressPart): Source {
  let left = names
  let here = source
  while (true) {
    if (left.length === 0) return here
    const layer = openLayer(here, context)
    if (layer === undefined)
      throw new AddressError(`${left.join('/')}: there is no container that it could be in`)
    const next = step(layer, context, left)
    here = next.source
    left = next.left
    if (next.isFile) return here
  }
}

interface Step {
  source: Source
  left: AddressPart
  isFile?: boolean
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
      return { source: snapshot.open(), left: rest }
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
      return { source: found.volume.open(), left: rest }
    }
    case 'tree': {
      const found = findPath(layer.tree, `/${names.join('/')}`)
      if (found?.node.kind !== 'file')
        throw new AddressError(`/${names.join('/')}: the ${layer.format} file system has no such file`)
      return { source: layer.tree.open(found.node), left: [], isFile: true }
    }
    case 'archive': {
      const path = names.join('/')
      for (const entry of layer.entries(true)) {
        if (entry.path !== path || entry.kind !== 'file') continue
        if (entry.hardLink !== undefined) return step(layer, context, entry.hardLink.split('/'))
        return { source: entry.open(), left: [], isFile: true }
      }
      throw new AddressError(`${path}: the ${layer.format} has no such file`)
    }
  }
}

function missing(names: AddressPart, format: string, what: string, known: readonly string[]): AddressError {
  const list = known.length === 0 ? `it has no ${what}` : `its ${what} are ${known.join(', ')}`
  return new AddressError(`${names[0]}: there is none of that name in the ${format}, ${list}`)
}
