/**
 * What stays around the payload of a bzImage when it gets another one (Linux Documentation/arch/x86/boot.rst, and
 * arch/x86/boot/tools/build.c for the checksum).
 * @module
 */
import { PAYLOAD_LENGTH, PAYLOAD_OFFSET, SYSSIZE } from '../facts/bzimage-format.ts'
import type { BzImageLayer } from '../facts/facts.ts'
import { alignUp, u32 } from './elf-layout.ts'
import type { Patch, Span } from './patched-source.ts'

const SECTOR = 512
/** `syssize` counts paragraphs. */
const PARAGRAPH = 16
const CRC = 4
/** The boot protocol says to read 0 setup sectors as 4. */
const DEFAULT_SECTORS = 4
/** As much of the file as its headers take, those of PE included. */
export const HEADERS_LENGTH = 1024

// Offsets of the PE format (Microsoft, PE Format): of the PE header's place, and in it of the certificate table's entry.
const MZ_LFANEW = 0x3c
const OPTIONAL_HEADER = 24
const PE32_PLUS = 0x20b
const CERTIFICATES = { plus: 112 + 4 * 8, plain: 96 + 4 * 8 }

/** The entry that names the certificates of a signed PE image: where it is, and where in the file they are. */
function certificatesOf(headers: Uint8Array): { entry: number; offset: number } | undefined {
  const view = new DataView(headers.buffer, headers.byteOffset, headers.length)
  if (headers[0] !== 0x4d || headers[1] !== 0x5a) return undefined
  const pe = view.getUint32(MZ_LFANEW, true)
  if (pe + OPTIONAL_HEADER + CERTIFICATES.plus + 8 > headers.length) return undefined
  if (view.getUint32(pe, true) !== 0x4550) return undefined
  const optional = pe + OPTIONAL_HEADER
  const entry =
    optional + (view.getUint16(optional, true) === PE32_PLUS ? CERTIFICATES.plus : CERTIFICATES.plain)
  const offset = view.getUint32(entry, true)
  return offset === 0 ? undefined : { entry, offset }
}

/** What follows a payload of known length, and the bytes of the headers that it changes. */
export interface FrameEnd {
  /** Zeros between the payload and what is copied. */
  zeros: number
  copy: Span
  /** Zeros after that. */
  padding: number
  /** Where the checksum of everything before it goes. */
  checksumAt?: number
  /** What the file has after its code, copied too. */
  trailing: Span
  patches: Patch[]
}

export interface Frame {
  /** Copied in front of the payload, and then zeros. */
  before: Span
  zeros: number
  /** Where the payload starts. */
  start: number
  /** The image is signed, and its signature is left out. */
  isSigned: boolean
  /** The file has the checksum of the boot protocol, over its code up to `end`. */
  end(length: number): FrameEnd
}

/** What decides how a payload is put into an image. */
export interface FrameInput {
  layer: BzImageLayer
  /** The first bytes of the file. */
  headers: Uint8Array
  /** Bytes of the file. */
  size: number
  /** The old payload stays, and the new one goes to the end of the code. */
  beside: boolean
  hasChecksum: boolean
}

const codeStart = ({ setupSects }: BzImageLayer) => ((setupSects || DEFAULT_SECTORS) + 1) * SECTOR

/** Where the protected-mode code ends, as `syssize` says; the end of the file where that cannot be. */
export function codeEnd(layer: BzImageLayer, headers: Uint8Array, size: number): number {
  const view = new DataView(headers.buffer, headers.byteOffset, headers.length)
  const end = codeStart(layer) + view.getUint32(SYSSIZE, true) * PARAGRAPH
  return end <= size && end >= layer.payloadStart + layer.payloadLength ? end : size
}

export function frameOf({ layer, headers, size, beside, hasChecksum }: FrameInput): Frame {
  const { payloadStart, payloadLength, payloadOffset } = layer
  const codeEndsAt = codeEnd(layer, headers, size)
  const contentEnd = codeEndsAt - (hasChecksum ? CRC : 0)
  const oldEnd = payloadStart + payloadLength
  const certificates = certificatesOf(headers)
  const isSigned = certificates !== undefined
  const trailing = isSigned ? { start: size, end: size } : { start: codeEndsAt, end: size }
  const before = { start: 0, end: beside ? contentEnd : payloadStart }
  const start = beside ? alignUp(contentEnd, PARAGRAPH) : payloadStart
  return {
    before,
    zeros: start - before.end,
    start,
    isSigned,
    end(length) {
      const fits = !beside && length <= payloadLength
      const copy = beside ? { start: contentEnd, end: contentEnd } : { start: oldEnd, end: contentEnd }
      const zeros = fits ? payloadLength - length : 0
      const content = start + length + zeros + copy.end - copy.start
      const end = fits
        ? codeEndsAt
        : codeStart(layer) + alignUp(content + (hasChecksum ? CRC : 0) - codeStart(layer), PARAGRAPH)
      const patches: Patch[] = [
        { offset: PAYLOAD_LENGTH, bytes: u32(length) },
        { offset: PAYLOAD_OFFSET, bytes: u32(payloadOffset + start - payloadStart) },
      ]
      if (!fits) patches.push({ offset: SYSSIZE, bytes: u32((end - codeStart(layer)) / PARAGRAPH) })
      if (certificates !== undefined) patches.push({ offset: certificates.entry, bytes: new Uint8Array(8) })
      return {
        zeros,
        copy,
        padding: end - content - (hasChecksum ? CRC : 0),
        ...(hasChecksum && { checksumAt: end - CRC }),
        trailing,
        patches,
      }
    },
  }
}
