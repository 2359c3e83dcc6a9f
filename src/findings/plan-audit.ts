/**
 * What ends the refusals of a fleet as it is: one step a remedy, the one that ends most of them first. Each refusal is
 * counted once: for the first of its remedies that is known to end it by itself, and where none is, for the cheapest.
 * @module
 */
import { shellWord } from '../document/shell-word.ts'
import type { Facts } from '../facts/facts.ts'
import { factsIn, formsOf } from '../repair/form.ts'
import type { Remedy, RemedyKind } from '../xen/remedies/remedy.ts'
import { isOurs, remedyText } from '../xen/remedies/remedy-text.ts'
import type { AuditJudge } from './audit-judge.ts'
import type { JudgedBuild } from './builds.ts'
import type { JudgedKernel } from './kernels.ts'
import { ListUnion } from './list-union.ts'
import type { Cell, FullVerdict, Kernel, PlanStep } from './model.ts'
import { ascending, names, type Planned, step } from './plan.ts'
import { plural } from './plural.ts'

interface PlannedAudit extends Planned {
  builds: readonly JudgedBuild[]
  /** The kernels with their facts; those after them are guests, of which there are none. */
  judged: readonly JudgedKernel[]
  hostsOf: (cell: number) => readonly string[]
  /** The files of the inventory, for the command lines. */
  files: readonly string[]
}

/** The remedy for which a refusal is counted. */
interface Cure {
  remedy: Remedy
  isProven: boolean
}

interface Cured extends Cure {
  cells: Cell[]
  hosts: ListUnion
}

/** The steps that end the refusals of `planned`, the most effective first. */
export function planAudit(planned: PlannedAudit, judge: AuditJudge): PlanStep[] {
  const { cells, verdicts, hostsOf } = planned
  const cures = new Map<string, Cured>()
  const cureOf = cureFinder(planned, judge)
  for (const [at, cell] of cells.entries()) {
    const verdict = verdicts[cell.verdict]!
    if (verdict.verdict !== 'refuses') continue
    const cure = cureOf(cell, verdict)
    if (cure === undefined) continue
    const key = JSON.stringify([remedyText(cure.remedy), cure.isProven])
    let cured = cures.get(key)
    if (cured === undefined) {
      cured = { ...cure, cells: [], hosts: new ListUnion() }
      cures.set(key, cured)
    }
    cured.cells.push(cell)
    cured.hosts.add(hostsOf(at))
  }
  return [...cures.values()].map(cured => stepOf(planned, cured)).sort(moreFirst)
}

const moreFirst = (a: PlanStep, b: PlanStep) =>
  b.guests - a.guests || Number(b.proven ?? false) - Number(a.proven ?? false) || (a.text < b.text ? -1 : 1)

/** Gives the remedy of a refusal; the same question is asked once. */
function cureFinder({ judged, builds }: PlannedAudit, judge: AuditJudge) {
  const known = new Map<string, Cure | undefined>()
  return (cell: Cell, verdict: FullVerdict): Cure | undefined => {
    const key = `${cell.kernel} ${cell.build} ${cell.mode} ${cell.verdict}`
    if (known.has(key)) return known.get(key)
    const { remedies } = verdict
    const facts = judged[cell.kernel]?.facts
    const build = builds[cell.build]!
    const proven = facts && remedies.find(remedy => ends(remedy, facts, build, cell, judge))
    // Where no newer release takes the kernel, what is said of releases is nothing to do.
    const chosen = proven ?? remedies.find(({ kind }) => kind !== 'release')
    const cure = chosen && { remedy: chosen, isProven: proven !== undefined }
    known.set(key, cure)
    return cure
  }
}

/** True where the models say that the kernel starts with nothing changed but this. */
function ends(
  remedy: Remedy,
  facts: Facts,
  { version, options }: JudgedBuild,
  { mode }: Cell,
  judge: AuditJudge,
): boolean {
  switch (remedy.kind) {
    case 'boot-mode':
      return true
    case 'point-release':
    case 'release':
      return judge.cure(facts, version, mode) !== undefined
    case 'repack':
      // What a loader of guests takes is not the host's to say.
      if (remedy.action?.does === 'repair' && remedy.action.targets !== undefined) return false
      return repacked(facts).some(form => judge.verdict(form, version, options, mode).verdict === 'accepts')
    default:
      return false
  }
}

const forms = new WeakMap<Facts, readonly Facts[]>()

/** What a kernel says whose ELF stays as it is, in the forms that repacking gives it. */
function repacked(facts: Facts): readonly Facts[] {
  const { elf } = facts
  if (elf === undefined) return []
  let known = forms.get(facts)
  if (known === undefined) {
    const others = formsOf(facts).filter(({ kind }) => kind !== 'same' && kind !== 'bzimage-beside')
    known = others.map(form => factsIn(form, facts, elf))
    forms.set(facts, known)
  }
  return known
}

const ACTIONS: Readonly<Record<RemedyKind, PlanStep['action']>> = {
  'build-fact': 'change-settings',
  refetch: 'replace-kernel',
  'guest-config': 'change-settings',
  'host-config': 'change-settings',
  'boot-mode': 'change-settings',
  repack: 'replace-kernel',
  'point-release': 'upgrade-hosts',
  'kernel-version': 'replace-kernel',
  'kernel-option': 'replace-kernel',
  image: 'replace-kernel',
  'xen-build': 'upgrade-hosts',
  release: 'upgrade-hosts',
}

function stepOf({ kernels, files }: PlannedAudit, { remedy, isProven, cells, hosts }: Cured): PlanStep {
  const own = ascending(new Set(cells.map(({ kernel }) => kernel)))
  const builds = ascending(new Set(cells.map(({ build }) => build)))
  const images = own.map(kernel => kernels[kernel]!.images[0]!)
  const isRepair = isOurs(remedy)
  const says = isRepair ? remedy.text : remedyText(remedy)
  const all = step(
    ACTIONS[remedy.kind],
    { builds, kernels: own },
    [...hosts.items],
    cells,
    `${says} (${plural(own.length, 'kernel')}: ${names(images)})`,
  )
  return {
    ...all,
    kind: remedy.kind,
    ...(isProven && { proven: true }),
    ...(isRepair && {
      command: fleetRepair(
        own.map(kernel => kernels[kernel]!),
        files,
      ),
    }),
  }
}

/** So many images are named in a command; of more their directory is. */
const NAMED = 4

/** The command that repairs all copies of these kernels for the hosts that run them. */
function fleetRepair(kernels: readonly Kernel[], files: readonly string[]): string {
  const images = kernels.flatMap(kernel => kernel.images)
  const paths = images.length > NAMED ? [sharedDirectory(images)] : images
  const inventory = files.map(file => `--inventory ${shellWord(file)}`)
  return ['xen-preflight repair --plan', ...inventory, ...paths.map(shellWord), '-o repaired'].join(' ')
}

/** The directory in which all paths lie; of addresses the part before what is inside. */
function sharedDirectory(paths: readonly string[]): string {
  let shared = paths[0]!.split('/').slice(0, -1)
  for (const path of paths) {
    const parts = path.split('/')
    const differs = shared.findIndex((part, index) => part !== parts[index])
    if (differs !== -1) shared = shared.slice(0, differs)
  }
  const inside = shared.findIndex(part => part.endsWith('!'))
  const own = inside === -1 ? shared : [...shared.slice(0, inside), shared[inside]!.slice(0, -1)]
  return own.length === 0 ? '.' : own.join('/') || '/'
}
