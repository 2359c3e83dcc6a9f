/**
 * Whether a written kernel is what it was meant to be: unpacked again with its checksums compared, read by both
 * engines, compared with the one that it was made from, and judged again.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { Facts } from '../facts/facts.ts'
import { hex } from '../problem.ts'
import type { Sha256 } from '../read/machine.ts'
import type { PassingSource, Source } from '../source/source.ts'
import { openImage } from '../unwrap/read-image.ts'
import { unexpectedDifferences } from './difference.ts'
import { DigestedSource } from './digested-source.ts'
import type { ElfEdit } from './note-edit.ts'
import { applyPatches, type Patch } from './patched-source.ts'
import { scanPatched } from './plan.ts'
import { type RepairTarget, targetName } from './target.ts'

/** Raised where a written kernel is not what it was meant to be: it is not kept then. */
export class RepairError extends Error {
  override name = 'RepairError'
}

/** What the written kernel has to be. */
export interface Expected {
  /** What it was made from. */
  before: Facts
  edit: ElfEdit
  /** Of all bytes of the ELF before that the edit does not touch. */
  digest: string
}

/** What reads the kernel: an engine that unpacks all of it, and one of the other kind that reads the ELF too. */
export interface Readers {
  whole: Engine
  scanner: Engine
  sha256(): Sha256
}

/** Compared at once. */
const STEP = 2 ** 18

const fail = (why: string) =>
  new RepairError(`Cannot vouch for the repaired kernel, which is not kept: ${why}`)

/** The facts of the written kernel. Throws a RepairError with what is wrong, and a SourceError where it cannot be read. */
export function proveKernel(source: Source, expected: Expected, readers: Readers): Facts {
  const opened = openImage(readers.whole, source)
  try {
    const { facts, elf } = opened
    if (elf === undefined || facts.elf === undefined)
      throw fail(opened.problem?.message ?? 'there is no ELF in it')
    const [unexpected] = unexpectedDifferences(expected.before.elf!, facts.elf, expected.edit.changes)
    if (unexpected !== undefined) throw fail(unexpected)
    const again = scanPatched(readers.scanner, elf, { patches: [] })
    if (JSON.stringify(again) !== JSON.stringify(facts.elf)) throw fail('the two engines read it differently')
    // The bytes go by once, from the first to the last; none of them is there afterwards.
    compareBytes(elf, expected, readers.sha256())
    const problem = opened.finish()
    if (facts.layers.some(layer => layer.kind === 'stream' && !layer.verified))
      throw fail(problem?.message ?? 'its payload does not unpack')
    return facts
  } finally {
    opened.close()
  }
}

/** Throws a RepairError where a target does not take what the plan says that it takes. */
export function proveVerdicts(facts: Facts, accepted: readonly RepairTarget[]): void {
  for (const target of accepted) {
    const { verdict, reason } = target.ask(facts)
    if (verdict !== 'accepts' && verdict !== 'not-asked') throw fail(`${targetName(target)}: ${reason}`)
  }
}

function compareBytes(
  elf: PassingSource,
  { before, edit: { patches }, digest }: Expected,
  hash: Sha256,
): void {
  const { size } = before.elf!
  const end = Math.max(size, ...patches.map(({ offset, bytes }) => offset + bytes.length))
  if (elf.size !== end) throw fail(`its ELF has ${elf.size} bytes, expected ${end}`)
  const digested = new DigestedSource(elf, patches, hash, size)
  const buffer = new Uint8Array(STEP)
  for (let position = 0; position < end; ) {
    const length = digested.read(buffer.subarray(0, Math.min(STEP, end - position)), position)
    if (length === 0) throw fail(`its ELF ends at ${hex(position)}, expected ${hex(end)}`)
    const next = position + length
    if (next > size || patches.some(({ offset, bytes }) => offset < next && offset + bytes.length > position))
      comparePatched(buffer.subarray(0, length), position, size, patches)
    position = next
  }
  if (digested.digest() !== digest) throw fail('bytes of its ELF differ that were not to be changed')
}

/** Compares a piece with what the patches make of an ELF of `size` bytes: what they append has zeros between it. */
function comparePatched(piece: Uint8Array, position: number, size: number, patches: readonly Patch[]): void {
  const wanted = piece.slice()
  wanted.fill(0, Math.max(0, size - position))
  applyPatches(wanted, position, patches)
  const differs = wanted.findIndex((byte, at) => byte !== piece[at])
  if (differs !== -1) throw fail(`the byte at ${hex(position + differs)} is another`)
}
