/** The layers of a container, without the files in them. */
import type { Problem } from '../problem.ts'
import type { Source } from '../source/source.ts'
import { type AddressPart, writeInside } from './address.ts'
import { ContainerError } from './container-error.ts'
import { type ContainerContext, insideContext, withPeers } from './context.ts'
import { openLayer } from './layer.ts'
import { isTooDeep, type Nesting, NO_LAYER, withLayer } from './nesting.ts'
import { openVolumeSets } from './volume/sets.ts'

export interface LayerNode {
  /** The place that the layer is in, after the container's `!/`; empty for the container itself. */
  inside: string
  /** `qcow2`, `gpt`, `ext4`, `tar` and so on; absent where nothing is known. */
  format?: string
  /** Of what the layer is in, in bytes; absent where it is not known before all is unpacked. */
  size?: number
  snapshots?: { id: string; name: string }[]
  volumes?: VolumeNode[]
  /** What a disk or a stream holds. */
  content?: LayerNode
  problem?: Problem
}

export interface VolumeNode extends LayerNode {
  name: string
  type: string
  /** Where on the disk it starts, in bytes, where it lies in one piece. */
  offset?: number
}

/** Describes the layers from `source` on. What cannot be read is in `problem`. */
export const describeLayers = (source: Source, context: ContainerContext): LayerNode =>
  describe(source, context, [], NO_LAYER)

function describe(source: Source, context: ContainerContext, names: AddressPart, above: Nesting): LayerNode {
  const node: LayerNode = { inside: names.length === 0 ? '' : writeInside([names]) }
  if (source.size < Number.MAX_SAFE_INTEGER) node.size = source.size
  const fail = (error: ContainerError) => {
    node.problem ??= problemOf(error)
  }
  try {
    const layer = openLayer(source, context)
    if (layer === undefined) return node
    node.format = layer.format
    const nesting = withLayer(above, layer.kind)
    if (isTooDeep(nesting, context.budget.limits)) return node
    if (layer.kind === 'disk') {
      if (layer.disk.snapshots.length > 0)
        node.snapshots = layer.disk.snapshots.map(({ id, name }) => ({ id, name }))
      node.content = describe(layer.disk, insideContext(context), names, nesting)
    } else if (layer.kind === 'stream') {
      node.content = describe(layer.source, context, names, nesting)
      layer.source.close()
    } else if (layer.kind === 'images') {
      const images = layer.store.images(fail)
      node.volumes = images.map(({ name, platform, layerCount }) => ({
        inside: images.length === 1 ? node.inside : writeInside([[...names, name]]),
        name,
        format: `image of ${layerCount} layers`,
        type: platform === '' ? 'image' : platform,
      }))
    } else if (layer.kind === 'volumes') {
      node.volumes = []
      for (const { volume, peers } of openVolumeSets(layer.table, context, fail)) {
        const { name, type, offset } = volume
        const inner = describe(
          openVolume(volume),
          withPeers(insideContext(context), peers),
          [...names, name],
          nesting,
        )
        node.volumes.push({ ...inner, name, type, ...(offset !== undefined && { offset }) })
      }
    }
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error
    node.problem = problemOf(error)
  }
  return node
}

const openVolume = ({ open }: { open(): Source }): Source => open()

function problemOf({ code, message, offset }: ContainerError): Problem {
  return { code, message, ...(offset !== undefined && { offset }) }
}
