/**
 * One image repaired: planned, written, and proved before it gets its name.
 * @module
 */
import { type Engine, twinOf } from '../engine/engine.ts'
import type { Facts } from '../facts/facts.ts'
import { createEngine } from '../fleet/engines.ts'
import { repairMachine } from '../fleet/repair/machine.ts'
import { kernelAt } from '../fleet/repair/make.ts'
import { levelFor, makeFrom, reserveFor } from '../repair/make.ts'
import { planRepair } from '../repair/plan.ts'
import { proveVerdicts } from '../repair/prove.ts'
import { proofOf } from '../report/repair-parts.ts'
import { planTable, proofTable } from '../report/repair-table.ts'
import { checkToEnd } from '../unwrap/whole-elf.ts'
import { limitHeapGrowth } from './heap-growth.ts'
import { type ImageFile, withImage } from './image-source.ts'
import { inputFiles } from './inputs.ts'
import { assertWritable, writeKernel } from './kernel-file.ts'
import type { ReadFlags } from './read-options.ts'
import { askedTargets, type RepairTargetFlags } from './repair-targets.ts'
import { tell } from './screen.ts'
import { print } from './sink.ts'
import { stdoutSetter } from './stdout-setter.ts'
import { openElf } from './whole-elf.ts'

export interface RepairFlags extends ReadFlags, RepairTargetFlags {
  dryRun: boolean
  partial: boolean
  level?: number
  /** True for QEMU's own loader alone, else the path of a Xen. */
  prove?: true | string
}

export interface KernelFlags extends RepairFlags {
  /** Where the repaired kernel goes. */
  output?: string
}

/**
 * Says what has to be changed, and does it unless `--dry-run` is given. Returns false where a target stays closed to it.
 * Throws a UsageError, SinkError or RepairError.
 */
export async function repairImage(image: string, flags: KernelFlags): Promise<boolean> {
  const targets = await askedTargets(flags)
  const stopLean = limitHeapGrowth()
  try {
    return await withImage(image, flags, async file => {
      const origin = { ...file, paths: [...file.paths, ...inputFiles([], flags)] }
      if (flags.output !== undefined) assertWritable(flags.output, origin)
      return repairFile(image, origin, targets, flags)
    })
  } finally {
    stopLean()
  }
}

async function repairFile(
  image: string,
  file: ImageFile,
  targets: Awaited<ReturnType<typeof askedTargets>>,
  flags: KernelFlags,
): Promise<boolean> {
  const setter = stdoutSetter()
  const engine = createEngine(flags.engine)
  const scanner = createEngine(twinOf(flags.engine))
  reserveFor(engine, file.source.size)
  const opened = openElf(image, file.source, flags, engine)
  let isOpen = true
  const close = () => {
    if (isOpen) opened.close()
    isOpen = false
  }
  try {
    const { facts, elf } = opened
    const choice = planRepair({ facts, elf }, targets, scanner)
    if (flags.dryRun) checkToEnd(opened)
    print(planTable(image, facts, choice, setter))
    const { plan } = choice
    const isWhole = plan.open.length === 0
    const isChanged = plan.form.kind !== 'same' || plan.edit.changes.length > 0
    if (!isWhole && !(flags.partial && isChanged)) {
      tell(`Cannot repair ${image} for all targets${flags.dryRun ? '' : ': no file is written'}`)
      return false
    }
    if (!isChanged || flags.dryRun || flags.output === undefined) {
      if (flags.output !== undefined && !isChanged) tell(`Nothing to repair in ${image}: no file is written`)
      return isWhole
    }
    const { output, level = levelFor(facts) } = flags
    let proof = ''
    await writeKernel(output, file, async unfinished => {
      const made = await makeFrom(
        {
          source: file.source,
          facts,
          elf,
          whole: engine,
          scanner,
          finish: () => {
            opened.finish()
            file.assertUnchanged()
          },
          close,
        },
        { edit: plan.edit, form: plan.form, level },
        kernelAt(unfinished.path),
        repairMachine,
      )
      proveVerdicts(
        made.after,
        plan.accepted.map(({ target }) => target),
      )
      const booted = await boot(unfinished.path, made.after, engine, flags.prove)
      proof = proofTable(output, proofOf(made, choice, 'the disk'), booted, setter)
    })
    print(proof)
    return isWhole
  } finally {
    close()
  }
}

async function boot(
  path: string,
  facts: Facts,
  engine: Engine,
  prove: RepairFlags['prove'],
): Promise<readonly string[]> {
  if (prove === undefined) return []
  const { bootRepaired } = await import('./repair-boot.ts')
  return bootRepaired(path, facts, engine, prove === true ? undefined : prove)
}
