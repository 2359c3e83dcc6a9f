/** A given kernel repaired as `repair` does it, with the same proof. */
import { twinOf } from '../../engine/engine.ts'
import type { Facts } from '../../facts/facts.ts'
import { groupBuilds } from '../../findings/builds.ts'
import { QuestionError } from '../../findings/question-error.ts'
import { repairTargets } from '../../findings/repair-targets.ts'
import { HARDEST, levelFor, type Made, makeFrom, type NewKernel, reserveFor } from '../../repair/make.ts'
import { MemoryOutput } from '../../repair/memory-output.ts'
import { planRepair } from '../../repair/plan.ts'
import { proveVerdicts } from '../../repair/prove.ts'
import type { RepackOutput } from '../../repair/repack.ts'
import type { RepairTarget } from '../../repair/target.ts'
import { planParts, proofOf } from '../../report/repair-parts.ts'
import { planTable } from '../../report/repair-table.ts'
import { BlobSource } from '../../source/blob.ts'
import type { OpenSource, Source } from '../../source/source.ts'
import { checkToEnd, openWholeElf } from '../../unwrap/whole-elf.ts'
import type { AnswerTo, Ask, RepairView } from '../messages.ts'
import { joinTexts } from './details.ts'
import { gzipByStream } from './gzip.ts'
import { browserMachine, engineName } from './machine.ts'
import { plainSetter } from './plain-setter.ts'
import { withImage } from './with-image.ts'

/** What would be changed, and the new kernel where it is to be made; or why there is none. */
export async function repair(ask: Ask<'repair'>): Promise<AnswerTo<'repair'>> {
  try {
    const { targets, remarks } = repairTargets({
      for: [ask.for],
      builds: groupBuilds(joinTexts(ask.inventories).hosts),
      ...(ask.modes !== undefined && { modes: ask.modes }),
    })
    if (targets.length === 0)
      return {
        fault:
          'Cannot tell what the kernel is to start on: name releases, a boot path, or hosts of an inventory',
      }
    return await withImage(ask, (source, file) => repairSource(ask, { source, file, targets, remarks }))
  } catch (error) {
    if (error instanceof QuestionError) return { fault: error.message }
    throw error
  }
}

const LOOSER =
  'A browser packs less tightly than the command: the file that `xen-preflight repair` writes may fit the place of the old payload, and start by itself, too'

/** A payload that the command packs as hard as it can did not fit the place of the old one. */
const isLooser = (facts: Facts, { repacked }: Made) =>
  levelFor(facts) === HARDEST && !repacked.inPlace && !repacked.wasSigned

interface Opened {
  source: Source
  /** What the image lies in, or itself. */
  file: OpenSource
  targets: readonly RepairTarget[]
  remarks: readonly string[]
}

async function repairSource(
  { image, make }: Ask<'repair'>,
  { source, file, targets, remarks }: Opened,
): Promise<RepairView> {
  const engine = browserMachine.createEngine(engineName())
  reserveFor(engine, source.size)
  const opened = openWholeElf(engine, source)
  let isOpen = true
  const close = () => {
    if (isOpen) opened.close()
    isOpen = false
  }
  try {
    const { facts, elf, problem } = opened
    const scanner = browserMachine.createEngine(twinOf(engineName()))
    const choice = planRepair({ facts, elf }, targets, scanner)
    if (!make) checkToEnd(opened)
    const { edit, form, open, accepted } = choice.plan
    const view: RepairView = {
      parts: planParts(facts, choice),
      text: planTable(image, facts, choice, plainSetter),
      remarks: problem === undefined ? remarks : [problem.message, ...remarks],
      isWhole: open.length === 0,
      isChanged: form.kind !== 'same' || edit.changes.length > 0,
    }
    if (!make || !view.isChanged) return view
    const finish = () => {
      opened.finish()
      file.assertUnchanged()
    }
    const output = new NewFile()
    const made = await makeFrom(
      { source, facts, elf, whole: engine, scanner, finish, close },
      { edit, form, level: levelFor(facts) },
      output,
      { ...browserMachine, gzip: gzipByStream },
    )
    proveVerdicts(
      made.after,
      accepted.map(({ target }) => target),
    )
    const proof = proofOf(made, choice, 'the new file')
    const purpose = [...proof.purpose, ...(isLooser(facts, made) ? [LOOSER] : [])]
    return { ...view, made: { ...proof, purpose, blob: output.blob } }
  } finally {
    close()
  }
}

/** The file that a person saves. It is proved by what the browser reads from it. */
class NewFile implements NewKernel {
  blob = new Blob()

  async fill<T>(fill: (output: RepackOutput) => Promise<T>): Promise<T> {
    const output = new MemoryOutput()
    const filled = await fill(output)
    this.blob = new Blob([output.bytes], { type: 'application/octet-stream' })
    return filled
  }

  open(): OpenSource {
    return new BlobSource(this.blob, 'repaired')
  }
}
