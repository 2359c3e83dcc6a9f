/**
 * Writes a kernel in the form and with the changes that a plan names. The whole is never in memory: packed bytes go out as
 * they come.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { RECORD } from '../engine/memory.ts'
import type { Facts } from '../facts/facts.ts'
import { readBytes } from '../source/memory.ts'
import type { PassingSource, Source } from '../source/source.ts'
import { codeEnd, type Frame, frameOf, HEADERS_LENGTH } from './bzimage-frame.ts'
import { DigestedSource } from './digested-source.ts'
import { u32 } from './elf-layout.ts'
import { bzImageOf, type Form } from './form.ts'
import type { RepairMachine } from './machine.ts'
import { type Patch, PatchedSource, type Span } from './patched-source.ts'

/** Copied and packed at once. */
const STEP = 2 ** 18
/** The register of a CRC-32 after bytes that end in their own checksum (initial value all ones, not inverted). */
const CHECKSUM_RESIDUE = 0xffffffff

/** A new file: bytes are put one after the other, and headers changed when more is known. */
export interface RepackOutput extends Source {
  put(bytes: Uint8Array): void
  /** Writes over bytes that were put before. */
  patch(position: number, bytes: Uint8Array): void
}

export interface RepackInput {
  /** The file, and what it says. */
  source: Source
  facts: Facts
  /** The ELF inside. It is read once. */
  elf: PassingSource
}

export interface RepackPlan {
  form: Form
  patches: readonly Patch[]
  /** Of gzip, 1 to 9. */
  level: number
}

export interface Repacked {
  /** Of the bytes of the ELF as it was that no patch touches. */
  digest: string
  /** The boot protocol's checksum was right, and is right again. */
  hasChecksum: boolean
  /** The signature was left out. */
  wasSigned: boolean
  /** The new payload took the place of the old one, and nothing else in the file moved. */
  inPlace: boolean
}

/** What packs and digests, and an engine for checksums, which may be the one that holds the input. */
export interface RepackTools extends Pick<RepairMachine, 'gzip' | 'sha256'> {
  engine: Engine
}

/** Writes the kernel. Throws what `output` throws. */
export async function repack(
  input: RepackInput,
  { form, patches, level }: RepackPlan,
  output: RepackOutput,
  tools: RepackTools,
): Promise<Repacked> {
  const digested = new DigestedSource(input.elf, patches, tools.sha256())
  const elf = new PatchedSource(digested, patches)
  const place = await writeForm(input, elf, form, level, output, tools)
  return { ...place, digest: digested.digest() }
}

type Placed = Omit<Repacked, 'digest'>

async function writeForm(
  input: RepackInput,
  elf: Source,
  form: Form,
  level: number,
  output: RepackOutput,
  tools: RepackTools,
): Promise<Placed> {
  if (form.kind === 'bzimage' || form.kind === 'bzimage-beside')
    return rebuild(input, elf, form, level, output, tools)
  if (form.kind === 'gzip') await gzipInto(elf, level, output, tools)
  else copyInto(elf, { start: 0, end: elf.size }, output)
  return { hasChecksum: false, wasSigned: false, inPlace: false }
}

async function rebuild(
  { source, facts }: RepackInput,
  elf: Source,
  { kind, payload }: Extract<Form, { payload: string }>,
  level: number,
  output: RepackOutput,
  tools: RepackTools,
): Promise<Placed> {
  const { engine } = tools
  const layer = bzImageOf(facts)!
  const headers = readBytes(source, 0, HEADERS_LENGTH)
  const end = codeEnd(layer, headers, source.size)
  const hasChecksum = crc32(engine, source, end) === CHECKSUM_RESIDUE
  const frame = frameOf({
    layer,
    headers,
    size: source.size,
    beside: kind === 'bzimage-beside',
    hasChecksum,
  })
  copyInto(source, frame.before, output)
  putZeros(output, frame.zeros)
  if (payload === 'gzip') await gzipInto(elf, level, output, tools)
  else copyInto(elf, { start: 0, end: elf.size }, output)
  finishFrame(source, frame, output, engine)
  const { isSigned } = frame
  return { hasChecksum, wasSigned: isSigned, inPlace: output.size - source.size === 0 && !isSigned }
}

function finishFrame(source: Source, frame: Frame, output: RepackOutput, engine: Engine): void {
  const { zeros, copy, padding, checksumAt, trailing, patches } = frame.end(output.size - frame.start)
  putZeros(output, zeros)
  copyInto(source, copy, output)
  putZeros(output, padding)
  for (const { offset, bytes } of patches) output.patch(offset, bytes)
  if (checksumAt !== undefined) output.put(u32((crc32(engine, output, checksumAt) ^ CHECKSUM_RESIDUE) >>> 0))
  copyInto(source, trailing, output)
}

function putZeros(output: RepackOutput, count: number): void {
  for (let left = count; left > 0; left -= STEP) output.put(new Uint8Array(Math.min(left, STEP)))
}

function copyInto(source: Source, { start, end }: Span, output: RepackOutput): void {
  const buffer = new Uint8Array(STEP)
  for (let position = start; position < end; ) {
    const length = source.read(buffer.subarray(0, Math.min(STEP, end - position)), position)
    if (length === 0) return
    output.put(buffer.subarray(0, length))
    position += length
  }
}

/** Packs while the next bytes are read. */
async function gzipInto(
  source: Source,
  level: number,
  output: RepackOutput,
  { gzip: start }: Pick<RepackTools, 'gzip'>,
): Promise<void> {
  let fault: Error | undefined
  const gzip = start(level, bytes => {
    try {
      if (fault === undefined) output.put(bytes)
    } catch (error) {
      fault = error as Error
    }
  })
  const buffers = [new Uint8Array(STEP), new Uint8Array(STEP)]
  const written: Promise<void>[] = [Promise.resolve(), Promise.resolve()]
  for (let position = 0, turn = 0; position < source.size && fault === undefined; turn = 1 - turn) {
    await written[turn]
    const length = source.read(buffers[turn]!, position)
    if (length === 0) break
    written[turn] = gzip.write(buffers[turn]!.subarray(0, length))
    position += length
  }
  await gzip.end()
  if (fault !== undefined) throw fault
}

/** CRC-32 of the first `end` bytes, unsigned. They go where the scanner's record was, which nobody needs any more. */
function crc32(engine: Engine, source: Source, end: number): number {
  let sum = 0
  for (let position = 0; position < end; ) {
    const into = engine.memory.subarray(RECORD, RECORD + Math.min(STEP, end - position))
    const length = source.read(into, position)
    if (length === 0) break
    sum = engine.crc32(RECORD, length, sum)
    position += length
  }
  return sum >>> 0
}
