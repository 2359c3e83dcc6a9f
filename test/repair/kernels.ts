/** Kernels that are repaired in memory, as the command does it on the disk. */
import { readFileSync } from 'node:fs'
import type { Facts } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { repairMachine } from '../../src/fleet/repair/machine.ts'
import { MemoryOutput } from '../../src/repair/memory-output.ts'
import { planRepair, type RepairChoice } from '../../src/repair/plan.ts'
import { type Repacked, repack } from '../../src/repair/repack.ts'
import { hypervisorTarget, loaderTarget, type RepairTarget } from '../../src/repair/target.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { openImage, readImage } from '../../src/unwrap/read-image.ts'
import type { BootModeName } from '../../src/xen/boot-mode.ts'
import { parseBootPath } from '../../src/xen/boot-path/boot-path.ts'
import { releases } from '../../src/xen/releases.ts'
import { resolveTarget } from '../../src/xen/target.ts'

export const engine = createEngine('typescript')
export const scanner = createEngine('typescript')
/** What packs and digests here. */
export const tools = { ...repairMachine, engine: scanner }

export const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/${path}`, import.meta.url)))

/** The same object for all: what the models compute for one release serves the others. */
const options = {}

export const releaseTargets = (
  modes: readonly BootModeName[],
  named: readonly string[] = releases,
): RepairTarget[] =>
  named.flatMap(release =>
    modes.map(mode => hypervisorTarget(release, { ...resolveTarget(release), options }, mode)),
  )

export function bootTarget(text: string): RepairTarget {
  const path = parseBootPath(text)
  if (typeof path === 'string') throw new Error(path)
  return loaderTarget(path)
}

export interface Repair extends RepairChoice {
  facts: Facts
  /** Absent where nothing had to be changed. */
  repacked?: Repacked
  bytes: Uint8Array
}

export const planFor = (bytes: Uint8Array, targets: readonly RepairTarget[]): RepairChoice => {
  const { facts, elf, close } = openImage(engine, new MemorySource(bytes), { verify: true })
  try {
    return planRepair({ facts, elf: elf! }, targets, scanner)
  } finally {
    close()
  }
}

/** Plans and writes. */
export async function repair(bytes: Uint8Array, targets: readonly RepairTarget[]): Promise<Repair> {
  const source = new MemorySource(bytes)
  const { facts, elf, close } = openImage(engine, source, { verify: true })
  const choice = planRepair({ facts, elf: elf! }, targets, scanner)
  const output = new MemoryOutput()
  const { form, edit } = choice.plan
  if (form.kind === 'same' && edit.patches.length === 0) {
    close()
    return { ...choice, facts: read(bytes), bytes }
  }
  const repacked = await repack(
    { source, facts, elf: elf! },
    { form, patches: edit.patches, level: 9 },
    output,
    tools,
  )
  close()
  return { ...choice, facts: read(output.bytes), repacked, bytes: output.bytes }
}

export const read = (bytes: Uint8Array): Facts =>
  readImage(engine, new MemorySource(bytes), { verify: true }).facts
