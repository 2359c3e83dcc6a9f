/**
 * The header of an x86 bzImage (Linux Documentation/arch/x86/boot.rst), read as Xen reads it.
 * @module
 */
import {
  HEADER_START,
  KERNEL_VERSION,
  LOADED_HIGH,
  LOADFLAGS,
  PAYLOAD_LENGTH,
  PAYLOAD_OFFSET,
  PAYLOAD_PROTOCOL,
  PROTOCOL,
  SETUP_HEADER_END,
  SETUP_SECTS,
} from '../facts/bzimage-format.ts'
import type { BzImageLayer } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import type { Source } from '../source/source.ts'

const LONGEST_VERSION = 255
const SECTOR = 512

/** A boot protocol as people write it: 0x020f is 2.15. */
export const protocolName = (protocol: number) =>
  `${protocol >> 8}.${String(protocol & 0xff).padStart(2, '0')}`

export interface BzImageHeader {
  layer: BzImageLayer
  /** Absent when the payload lies inside the file. */
  problem?: Problem
  /** False when there is nothing to unpack: no payload fields, or a payload that starts outside the file. */
  hasPayload: boolean
}

/**
 * The text at `kernel_version`, where the header has one and it lies in the setup code: 255 characters of it at most.
 * Undefined too where it is not text.
 */
export function readKernelVersion(head: Uint8Array, source: Source, setupSects: number): string | undefined {
  const offset = (head[KERNEL_VERSION] ?? 0) + (head[KERNEL_VERSION + 1] ?? 0) * 256
  const start = offset + HEADER_START
  // The boot protocol says to take 0 sectors as 4.
  if (offset === 0 || start >= ((setupSects || 4) + 1) * SECTOR) return undefined
  const bytes = new Uint8Array(LONGEST_VERSION + 1)
  const length = source.read(bytes, start)
  const end = bytes.subarray(0, length).indexOf(0)
  const text = bytes.subarray(0, end === -1 ? length : end)
  if (text.length === 0 || text.length > LONGEST_VERSION) return undefined
  return text.every(byte => byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(...text) : undefined
}

/** Reads the header of a bzImage of `size` bytes from its first bytes; those missing read as 0. */
export function parseBzImage(head: Uint8Array, size: number): BzImageHeader {
  const bytes = new Uint8Array(SETUP_HEADER_END)
  bytes.set(head.subarray(0, SETUP_HEADER_END))
  const view = new DataView(bytes.buffer)
  const setupSects = view.getUint8(SETUP_SECTS)
  const payloadOffset = view.getUint32(PAYLOAD_OFFSET, true)
  const payloadLength = view.getUint32(PAYLOAD_LENGTH, true)
  // 0 stays 0: Xen multiplies what it finds, though the boot protocol says to read it as 4.
  const payloadStart = (setupSects + 1) * SECTOR + payloadOffset
  const layer: BzImageLayer = {
    kind: 'bzimage',
    protocol: view.getUint16(PROTOCOL, true),
    setupSects,
    payloadOffset,
    payloadLength,
    payloadStart,
    ...(size > LOADFLAGS && (view.getUint8(LOADFLAGS) & LOADED_HIGH) === 0 && { loadedLow: true as const }),
  }
  if (size < SETUP_HEADER_END) {
    const message = `Cannot read the bzImage header: the file has ${size} bytes, the header ends at ${SETUP_HEADER_END}`
    return { layer, hasPayload: false, problem: { code: 'bzimage-truncated', message, offset: size } }
  }
  if (layer.protocol < PAYLOAD_PROTOCOL) {
    const message = `Cannot find the payload of the bzImage: its boot protocol is ${protocolName(layer.protocol)}, Xen needs ${protocolName(PAYLOAD_PROTOCOL)}`
    return { layer, hasPayload: false, problem: { code: 'boot-protocol-too-old', message, offset: PROTOCOL } }
  }
  if (payloadStart + payloadLength > size) {
    const message = `Cannot read the whole payload: it is said to lie at ${payloadStart} to ${payloadStart + payloadLength}, the file has ${size} bytes`
    const problem: Problem = { code: 'payload-outside-file', message, offset: PAYLOAD_OFFSET }
    return { layer, problem, hasPayload: payloadStart < size }
  }
  return { layer, hasPayload: true }
}
