/**
 * An upgrade to one of several releases: what each of them breaks, fixes and leaves, and which breaks least. One audit is
 * made after the other, and of each only its counts are kept and what becomes of each kernel.
 * @module
 */
import { countingVerdict } from './counting-verdict.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'
import { CHANGE_WORDS } from './earlier/cell-table.ts'
import type { Audit, Cause, Cell, Change, Counts, FullVerdict, Kernel } from './model.ts'

/** The version of the document, raised by every incompatible change. */
export const TARGETS_VERSION = 1

/** One of the releases. */
export interface UpgradeTarget {
  /** As reports name it: `4.17.4`, `4.13.0 (Citrix Hypervisor 8.1.0)`. */
  to: string
  /** Hosts that would be upgraded, and those that run this release or a newer one already. */
  hosts: number
  leftAlone: number
  /** Guests by what becomes of them, as in an upgrade to this release alone. */
  changes: Record<Change, number>
  /** Causes of what breaks or is in doubt, the worst first. */
  causes: Pick<Cause, 'code' | 'verdict' | 'title' | 'reason' | 'guests'>[]
  /** Findings that policy lets fail. */
  failing: number
}

/** What becomes of a kernel in one boot mode. */
export interface TargetRow {
  kernel: number
  mode: Audit['modes'][number]
  /** For each of the releases the gravest change on any host; absent where no host of it would be upgraded. */
  changes: (Change | null)[]
}

/** A cause for which releases break a kernel, or leave it in doubt. What policy ignores is left out. */
export interface TargetFinding extends Pick<FullVerdict, 'verdict' | 'code' | 'reason'> {
  /** Lines of text. */
  remedies: string[]
  kernel: number
  modes: Audit['modes'][number][]
  /** The gravest on any of the releases. */
  change: Extract<Change, 'breaks' | 'uncertain'>
  /** Guests, or pairs, for each of the releases. */
  guests: number[]
}

export interface UpgradeTargets
  extends Pick<Audit, 'tool' | 'created' | 'title' | 'knowledge' | 'modes' | 'inventory'> {
  version: typeof TARGETS_VERSION
  /** What is counted: guests, or pairs of an image and a host where nothing is placed. */
  unit: 'guests' | 'pairs'
  targets: UpgradeTarget[]
  /** Index of the release that breaks least, by BEST_RULE. */
  best: number
  kernels: Pick<Kernel, 'images' | 'guest' | 'kernelVersion' | 'flavour' | 'buildId'>[]
  rows: TargetRow[]
  /** What breaks first. */
  findings: TargetFinding[]
}

export const BEST_RULE =
  'The release that breaks least is the one with the fewest that break; of several the one that fixes most, then the one with the fewest in doubt, then the newest'

/** Takes the audits of upgrades one by one, the newest release last. */
export class TargetComparison {
  readonly #count: number
  readonly #targets: UpgradeTarget[] = []
  readonly #kernels: UpgradeTargets['kernels'] = []
  readonly #numbers = new Map<string, number>()
  readonly #rows = new Map<string, TargetRow>()
  readonly #findings = new Map<string, TargetFinding>()
  #best = 0
  #last: Audit | undefined

  /** @param count How many there are. */
  constructor(count: number) {
    this.#count = count
  }

  /** `failing` is how many findings policy lets fail. Returns true where this one breaks least so far. */
  add({ audit, failing }: { audit: Audit; failing: number }): boolean {
    const index = this.#targets.push(targetOf(audit, failing)) - 1
    this.#last = audit
    const own = audit.kernels.map(kernel => numberOf(kernel, this.#numbers, this.#kernels))
    const ignored = new Set(audit.ignored.map(({ kernel, build, mode }) => `${kernel} ${build} ${mode}`))
    for (const cell of audit.cells) {
      const { kernel, build, mode, change } = cell
      if (change === undefined) continue
      if (!ignored.has(`${kernel} ${build} ${mode}`)) this.#find(index, own[kernel]!, cell, audit)
      const key = `${own[kernel]} ${mode}`
      let row = this.#rows.get(key)
      if (row === undefined) {
        row = { kernel: own[kernel]!, mode, changes: Array(this.#count).fill(null) }
        this.#rows.set(key, row)
      }
      row.changes[index] = graver(row.changes[index] ?? undefined, change)
    }
    const isBest = compare(this.#targets[index]!, this.#targets[this.#best]!) <= 0
    if (isBest) this.#best = index
    return isBest
  }

  #find(target: number, kernel: number, cell: Cell, audit: Audit): void {
    const { change, mode, guests } = cell
    if (change !== 'breaks' && change !== 'uncertain') return
    const { verdict, code, reason, remedies } = countingVerdict(audit, cell)
    const key = `${kernel} ${code ?? verdict}`
    let finding = this.#findings.get(key)
    if (finding === undefined) {
      finding = {
        ...{ kernel, verdict, reason, remedies: remedies.map(remedyText), change },
        ...{ modes: [], guests: Array(this.#count).fill(0) },
        ...(code !== undefined && { code }),
      }
      this.#findings.set(key, finding)
    }
    if (!finding.modes.includes(mode)) finding.modes.push(mode)
    if (change === 'breaks') finding.change = change
    finding.guests[target]! += guests
  }

  /** All of them; there has to be at least one. */
  found(): UpgradeTargets {
    const { tool, created, title, knowledge, modes, inventory } = this.#last!
    const isPairs = inventory.placements === 0 && inventory.guests === undefined
    return {
      ...{ version: TARGETS_VERSION, tool, created },
      ...(title !== undefined && { title }),
      ...(knowledge !== undefined && { knowledge }),
      ...{ modes, inventory, unit: isPairs ? 'pairs' : 'guests', targets: this.#targets, best: this.#best },
      ...{ kernels: this.#kernels, rows: [...this.#rows.values()] },
      findings: [...this.#findings.values()].sort(
        (a, b) => GRAVITY.indexOf(a.change) - GRAVITY.indexOf(b.change),
      ),
    }
  }
}

/** The same kernel has the same images in every one of the audits; a guest's row has its disks or its name. */
function numberOf(kernel: Kernel, known: Map<string, number>, kept: UpgradeTargets['kernels']): number {
  const key = `${kernel.kind === 'guest'} ${kernel.images[0]} ${kernel.images.length}`
  let number = known.get(key)
  if (number === undefined) {
    const { images, guest, kernelVersion, flavour, buildId } = kernel
    number = kept.push({
      ...{ images, guest },
      ...(kernelVersion !== undefined && { kernelVersion }),
      ...(flavour !== undefined && { flavour }),
      ...(buildId !== undefined && { buildId }),
    })
    number--
    known.set(key, number)
  }
  return number
}

function targetOf({ to, inventory, leftAlone = 0, counts, causes }: Audit, failing: number): UpgradeTarget {
  return {
    ...{ to: to!, hosts: inventory.hosts, leftAlone, failing },
    changes: counts.changes ?? noChanges(),
    causes: causes
      .filter(({ guests }) => guests > 0)
      .map(({ code, verdict, title, reason, guests }) => ({ code, verdict, title, reason, guests })),
  }
}

const noChanges = (): NonNullable<Counts['changes']> => ({
  ...{ breaks: 0, fixed: 0, 'still-broken': 0, 'still-fine': 0, uncertain: 0 },
})

/** The gravest first. */
const GRAVITY: readonly Change[] = ['breaks', 'uncertain', 'still-broken', 'fixed', 'still-fine']

const graver = (a: Change | undefined, b: Change): Change =>
  a !== undefined && GRAVITY.indexOf(a) <= GRAVITY.indexOf(b) ? a : b

/** Negative where `a` is the better one. */
const compare = ({ changes: a }: UpgradeTarget, { changes: b }: UpgradeTarget): number =>
  a.breaks - b.breaks || b.fixed - a.fixed || a.uncertain - b.uncertain

/** Targets that follow one another and change the same: the first and the last of each run. */
export function targetRuns({ targets, rows }: UpgradeTargets): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (const [index, target] of targets.entries()) {
    const run = runs.at(-1)
    const before = run === undefined ? undefined : targets[run.to]!
    const same =
      before !== undefined &&
      before.hosts === target.hosts &&
      CHANGE_WORDS.every(word => before.changes[word] === target.changes[word]) &&
      rows.every(({ changes }) => changes[run!.to] === changes[index])
    if (same) run!.to = index
    else runs.push({ from: index, to: index })
  }
  return runs
}
