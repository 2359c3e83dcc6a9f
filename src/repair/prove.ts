/**
 * Whether a written kernel is what it was meant to be: unpacked again with its checksums compared, read by both
 * engines, compared with the one that it was made from, and judged again.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { Facts } from '../facts/facts.ts'
import { hex } from '../problem.ts'
import type { Sha256 } from '../read/machine.ts'
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { openImage } from '../unwrap/read-image.ts'
import { unexpectedDifferences } from './difference.ts'
import type { ElfEdit } from './note-edit.ts'
import type { Patch } from './patched-source.ts'
import { scanPatched } from './plan.ts'
import { untouchedDigest } from './repack.ts'
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

const fail = (why: string) =>
  new RepairError(`Cannot vouch for the repaired kernel, which is not kept: ${why}`)

/** The facts of the written kernel. Throws a RepairError with what is wrong, and a SourceError where it cannot be read. */
export function proveKernel(source: Source, expected: Expected, readers: Readers): Facts {
  const opened = openImage(readers.whole, source, { verify: true })
  try {
    const { facts, problem, elf } = opened
    if (elf === undefined || facts.elf === undefined) throw fail(problem?.message ?? 'there is no ELF in it')
    if (facts.layers.some(layer => layer.kind === 'stream' && !layer.verified))
      throw fail(problem?.message ?? 'its payload does not unpack')
    compareBytes(elf, expected, readers.sha256())
    const [unexpected] = unexpectedDifferences(expected.before.elf!, facts.elf, expected.edit.changes)
    if (unexpected !== undefined) throw fail(unexpected)
    const again = scanPatched(readers.scanner, elf, { patches: [] })
    if (JSON.stringify(again) !== JSON.stringify(facts.elf)) throw fail('the two engines read it differently')
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

function compareBytes(elf: Source, { before, edit, digest }: Expected, hash: Sha256): void {
  const { size } = before.elf!
  const end = Math.max(size, ...edit.patches.map(({ offset, bytes }) => offset + bytes.length))
  if (elf.size !== end) throw fail(`its ELF has ${elf.size} bytes, expected ${end}`)
  for (const { offset, bytes } of lastOfEach(edit.patches)) {
    const found = readBytes(elf, offset, bytes.length)
    if (!found.every((byte, index) => byte === bytes[index]))
      throw fail(`the bytes at ${hex(offset)} are others`)
  }
  if (untouchedDigest(elf, size, edit.patches, hash) !== digest)
    throw fail('bytes of its ELF differ that were not to be changed')
}

/** Patches that no later one writes over. */
const lastOfEach = (patches: readonly Patch[]): Patch[] =>
  patches.filter((patch, index) =>
    patches
      .slice(index + 1)
      .every(
        ({ offset, bytes }) =>
          offset >= patch.offset + patch.bytes.length || offset + bytes.length <= patch.offset,
      ),
  )
