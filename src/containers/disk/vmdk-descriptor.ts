/** The descriptor of a VMDK: lines of text that name the extents and the parent. */
import { decodeName } from '../file-name.ts'
import type { Metadata } from '../metadata.ts'

const MAX_LENGTH = 1 << 20
const MAX_EXTENTS = 4096

export interface ExtentLine {
  sectors: number
  /** `FLAT`, `SPARSE`, `ZERO`, `VMFS`, `VMFSSPARSE` and others. */
  type: string
  name: string
  /** Where in a flat file it starts, in sectors. */
  start: number
  /** Where the descriptor is. */
  offset: number
}

export interface Descriptor {
  extents: ExtentLine[]
  parent: { name: string; offset: number } | undefined
}

/** Throws a ContainerError. */
export function readDescriptor(metadata: Metadata, offset: number, length: number): Descriptor {
  if (length > MAX_LENGTH) {
    throw metadata.corrupt('descriptor', `it has ${length} bytes, limit is ${MAX_LENGTH}`, offset)
  }
  const { bytes } = metadata.read('descriptor', offset, length)
  const end = bytes.indexOf(0)
  const text = decodeName(end === -1 ? bytes : bytes.subarray(0, end), { slashes: true })
  const extents: ExtentLine[] = []
  const values = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const extent = /^\s*(?:RW|RDONLY|NOACCESS)\s+(\d{1,15})\s+(\w+)(?:\s+"([^"]*)"(?:\s+(\d{1,15}))?)?/.exec(
      line,
    )
    if (extent !== null) {
      const [, sectors, type, name = '', start = '0'] = extent
      extents.push({ sectors: Number(sectors), type: type!, name, start: Number(start), offset })
      if (extents.length > MAX_EXTENTS) {
        throw metadata.corrupt('descriptor', `it has more than ${MAX_EXTENTS} extents`, offset)
      }
      continue
    }
    const pair = /^\s*([\w.]+)\s*=\s*"?([^"]*)"?\s*$/.exec(line)
    if (pair !== null) values.set(pair[1]!, pair[2]!)
  }
  const hint = values.get('parentFileNameHint')
  const hasParent = (values.get('parentCID') ?? 'ffffffff').toLowerCase() !== 'ffffffff'
  if (!hasParent) return { extents, parent: undefined }
  if (hint === undefined)
    throw metadata.corrupt('descriptor', 'it has a parent, and does not name it', offset)
  return { extents, parent: { name: hint, offset } }
}
