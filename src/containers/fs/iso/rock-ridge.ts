/**
 * What Rock Ridge adds to directory records: names, modes, links, directories that were moved.
 * Source: IEEE P1281 (SUSP) 1.12 and P1282 (RRIP) 1.12.
 */

import { decodeName } from '../../file-name.ts'
import type { FileKind } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { kindOfMode } from '../mode.ts'
import type { DirectoryRecord } from './volume.ts'

/** Areas that continue each other: a name and a link have 255 and 4095 bytes at most. */
const MAX_AREAS = 64

export interface RockRidge {
  readonly name: string | undefined
  readonly kind: FileKind | undefined
  readonly link: string | undefined
  /** Where the directory that this record replaces was moved to, in bytes. */
  readonly movedTo: number | undefined
  /** It was moved here from elsewhere, where its record leads to it. */
  readonly moved: boolean
  /** Its bytes are compressed (zisofs). */
  readonly compressed: boolean
}

/** How many bytes of each record are not Rock Ridge's; nothing where the volume has none. */
export function rockRidgeSkip({ systemUse }: DirectoryRecord): number | undefined {
  if (systemUse.length < 7) return undefined
  const isSp = signature(systemUse, 0) === 'SP' && systemUse.u8(4) === 0xbe && systemUse.u8(5) === 0xef
  return isSp ? systemUse.u8(6) : undefined
}

const signature = (raw: Structure, at: number): string => String.fromCharCode(raw.u8(at), raw.u8(at + 1))

/** What the record says beside ISO 9660. */
export function readRockRidge(
  metadata: Metadata,
  { systemUse }: DirectoryRecord,
  { skip, blockSize }: { readonly skip: number; readonly blockSize: number },
): RockRidge {
  const name: Uint8Array[] = []
  const link = new LinkTarget()
  let kind: FileKind | undefined
  let movedTo: number | undefined
  let [moved, compressed] = [false, false]
  for (const entry of entriesOf(metadata, systemUse.part(Math.min(skip, systemUse.length)), blockSize)) {
    const sign = signature(entry, 0)
    if (sign === 'NM' && (entry.u8(4) & 0x06) === 0) name.push(entry.part(5).bytes)
    else if (sign === 'PX') kind = kindOfMode(entry.u32(4) & 0xffff)
    else if (sign === 'SL') link.add(entry.part(5))
    else if (sign === 'CL') movedTo = entry.u32(4) * blockSize
    else if (sign === 'RE') moved = true
    else if (sign === 'ZF') compressed = true
  }
  return {
    name: name.length === 0 ? undefined : decodeName(joined(name)),
    kind,
    link: link.text,
    movedTo,
    moved,
    compressed,
  }
}

function* entriesOf(metadata: Metadata, area: Structure, blockSize: number): Generator<Structure> {
  let next: Structure | undefined = area
  for (let areas = 0; next !== undefined; areas++) {
    if (areas === MAX_AREAS)
      throw next.corrupt('system use', `more than ${MAX_AREAS} areas continue each other`)
    const here: Structure = next
    next = undefined
    for (let at = 0; at + 4 <= here.length; ) {
      const length = here.u8(at + 2)
      // Padding, or something that is not the protocol's.
      if (length < 4 || at + length > here.length) break
      const sign = signature(here, at)
      if (sign === 'ST') return
      const entry = here.part(at, length)
      if (sign === 'CE') next = continuation(metadata, entry, blockSize)
      else yield entry
      at += length
    }
  }
}

function continuation(metadata: Metadata, entry: Structure, blockSize: number): Structure {
  return metadata.read('system use', entry.u32(4) * blockSize + entry.u32(12), entry.u32(20))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A link's target, which comes in components that may go on in the next entry. */
class LinkTarget {
  #text: string | undefined
  #goesOn = false

  get text(): string | undefined {
    return this.#text
  }

  add(components: Structure): void {
    this.#text ??= ''
    for (let at = 0; at + 2 <= components.length; at += 2 + components.u8(at + 1)) {
      const flags = components.u8(at)
      const part = partOf(flags, components.slice(at + 2, components.u8(at + 1)))
      const separator = this.#text === '' || this.#text.endsWith('/') || this.#goesOn ? '' : '/'
      this.#text += separator + part
      this.#goesOn = (flags & 0x01) !== 0
    }
  }
}

function partOf(flags: number, bytes: Uint8Array): string {
  if ((flags & 0x08) !== 0) return '/'
  if ((flags & 0x04) !== 0) return '..'
  if ((flags & 0x02) !== 0) return '.'
  return decodeName(bytes)
}
