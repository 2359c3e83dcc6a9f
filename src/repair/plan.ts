/**
 * The smallest change after which every target takes a kernel. Changes of the notes and of the form are combined, and each
 * combination is judged by the same models as any image.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { ELFDATA2LSB } from '../facts/elf-format.ts'
import type { ElfFacts, Facts } from '../facts/facts.ts'
import { scanElf } from '../facts/scan.ts'
import type { Source } from '../source/source.ts'
import { unexpectedDifferences } from './difference.ts'
import { type Form, factsIn, formCost, formsOf } from './form.ts'
import { type EditWish, type ElfEdit, editElf } from './note-edit.ts'
import { PatchedSource } from './patched-source.ts'
import type { RepairTarget, TargetAnswer } from './target.ts'

/** An image that was unpacked to its end. */
export interface RepairInput {
  facts: Facts
  /** The ELF inside. */
  elf: Source
}

/** A target with what it says. */
export interface Asked {
  target: RepairTarget
  before: TargetAnswer
}

export interface RepairPlan {
  /** Nothing has to be changed where the ELF stays as it is in its form. */
  edit: ElfEdit
  form: Form
  /** What the models were asked with; lengths of what is not yet packed are estimates. */
  facts: Facts
  /** Targets that take the kernel then. */
  accepted: Asked[]
  /** Targets that do not, with their answers to the changed kernel. Empty where the plan is whole. */
  open: (Asked & { after: TargetAnswer })[]
}

export interface RepairChoice {
  asked: Asked[]
  /** Targets without this boot mode, for which no kernel can do anything. */
  unavailable: Asked[]
  /** The smallest change that all targets take, or that most of them do. */
  plan: RepairPlan
  /** Of the targets that are open: those that no change here can cure. The others are cured by a change that others do not take. */
  incurable: Asked[]
}

const NO_EDIT: ElfEdit = { changes: [], patches: [], cost: 0 }

/** Everything that may be done to the ELF; what a file has no use for is left out. */
const WISHES: readonly EditWish[] = [undefined, 'drop-unknown', 'drop-and-make-optional'].flatMap(features =>
  [false, true].flatMap(move =>
    [false, true].flatMap(segment =>
      [false, true].map(
        sectionNames =>
          ({ ...(features !== undefined && { features }), move, segment, sectionNames }) as EditWish,
      ),
    ),
  ),
)

interface Candidate {
  edit: ElfEdit
  form: Form
  facts: Facts
  cost: number
}

/**
 * Finds the plan. `engine` scans the changed ELF by position: it may not be the one that holds the input.
 *
 * @param targets Those with `not-asked` are no loaders of Xen: they only need the kernel's own start to stay as it is.
 */
export function planRepair(
  input: RepairInput,
  targets: readonly RepairTarget[],
  engine: Engine,
): RepairChoice {
  const answers = targets.map(target => ({ target, before: target.ask(input.facts) }))
  const unavailable = answers.filter(({ before }) => before.verdict === 'unavailable')
  const asked = answers.filter(({ before }) => before.verdict !== 'unavailable')
  const candidates = candidatesOf(input, engine)
  // The target that refused the last candidate is likely to refuse the next.
  const order = [...asked]
  for (const candidate of candidates) {
    const refusing = order.findIndex(item => !accepts(item, candidate))
    if (refusing === -1) {
      return { asked, unavailable, plan: { ...candidate, accepted: asked, open: [] }, incurable: [] }
    }
    order.unshift(...order.splice(refusing, 1))
  }
  return { asked, unavailable, ...bestOf(candidates, asked) }
}

/** Without harm to any target, as many as possible; of equals the smallest change. */
function bestOf(candidates: readonly Candidate[], asked: readonly Asked[]) {
  const curable = new Set<Asked>()
  let best: Candidate = candidates[0]!
  let accepted: Asked[] = []
  for (const [index, candidate] of candidates.entries()) {
    const taken = asked.filter(item => accepts(item, candidate))
    for (const item of taken) curable.add(item)
    const loses = asked.some(item => isTaken(item.before) && !taken.includes(item))
    if (index > 0 && (loses || taken.length <= accepted.length)) continue
    best = candidate
    accepted = taken
  }
  const open = asked
    .filter(item => !accepted.includes(item))
    .map(item => ({ ...item, after: item.target.ask(best.facts) }))
  return { plan: { ...best, accepted, open }, incurable: asked.filter(item => !curable.has(item)) }
}

const isTaken = ({ verdict }: TargetAnswer) => verdict === 'accepts' || verdict === 'not-asked'

function accepts({ target }: Asked, { edit, form, facts }: Candidate): boolean {
  const isUnchanged = form.kind === 'same' && edit.changes.length === 0
  if (target.startsItself && !isUnchanged && form.kind !== 'bzimage-beside') return false
  return isTaken(target.ask(facts))
}

/** All combinations, the smallest change first. */
function candidatesOf({ facts, elf }: RepairInput, engine: Engine): Candidate[] {
  const candidates: Candidate[] = []
  const forms = formsOf(facts)
  for (const { edit, elfFacts } of editsOf(facts.elf!, elf, engine)) {
    for (const form of forms) {
      if (form.kind === 'same' && edit.patches.length > 0 && facts.kind !== 'elf') continue
      // A bare ELF is in its form already.
      if (form.kind === 'elf' && facts.kind === 'elf') continue
      const inForm =
        form.kind === 'same' ? { ...facts, size: sizeOf(facts, elfFacts), elf: elfFacts } : undefined
      candidates.push({
        edit,
        form,
        facts: inForm ?? factsIn(form, facts, elfFacts),
        cost: edit.cost + formCost(form),
      })
    }
  }
  return candidates.sort((a, b) => a.cost - b.cost)
}

/** A bare ELF grows with what is appended to it. */
const sizeOf = (facts: Facts, elf: ElfFacts) => (facts.kind === 'elf' ? elf.size : facts.size)

function editsOf(facts: ElfFacts, elf: Source, engine: Engine): { edit: ElfEdit; elfFacts: ElfFacts }[] {
  const edits = [{ edit: NO_EDIT, elfFacts: facts }]
  if (facts.data !== ELFDATA2LSB) return edits
  for (const wish of WISHES) {
    const edit = editElf(facts, elf, wish)
    if (edit === undefined) continue
    const elfFacts = scanPatched(engine, elf, edit)
    // In a damaged file a change may show in other notes, too: it is not one to be made.
    if (unexpectedDifferences(facts, elfFacts, edit.changes).length === 0) edits.push({ edit, elfFacts })
  }
  return edits
}

/** Scans an ELF with patches on it. */
export function scanPatched(engine: Engine, elf: Source, { patches }: Pick<ElfEdit, 'patches'>): ElfFacts {
  const patched = new PatchedSource(elf, patches)
  return scanElf(engine, {
    size: patched.size,
    need(start, end) {
      const size = Math.max(0, Math.min(end, patched.size) - start)
      engine.reserve(BASE + size)
      const length = patched.read(engine.memory.subarray(BASE, BASE + size), start)
      return { start, address: BASE, length }
    },
  })
}
