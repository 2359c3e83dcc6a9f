/**
 * Compares two reports: each image on each host in each boot mode with what it was before. Classes of images and of hosts
 * are compared as one, so that it takes as long as the reports have cells, and not pairs.
 * @module
 */
import type { VerdictWord } from '../../xen/reason.ts'
import { bootModes } from '../../xen/boot-mode.ts'
import { causeTitle } from '../cause-codes.ts'
import { changeOf } from '../change.ts'
import { finalVerdict } from '../counting-verdict.ts'
import type { CellCore } from '../earlier/cell-table.ts'
import type { EarlierReport, EarlierVerdict, ReportOrigin } from '../earlier/type.ts'
import { ValueTable } from '../value-table.ts'
import { ABSENT, type Classes, classesOf, type NameClass } from './classes.ts'
import {
  type AnswerCounts,
  DIFF_VERSION,
  type Diff,
  type DiffBuild,
  type DiffCause,
  type DiffCounts,
  type DifferenceRow,
  type DifferenceWord,
  type DiffKernel,
} from './model.ts'

export interface DiffInput {
  old: EarlierReport
  new: EarlierReport
  tool: string
  created: string
}

/** What differs between two reports. */
export function diffReports({ old, new: now, tool, created }: DiffInput): Diff {
  const images = classesOf(
    old.kernels.map(kernel => kernel.images),
    now.kernels.map(kernel => kernel.images),
    (image, kernel) => imageKey(old, image, kernel),
    (image, kernel) => imageKey(now, image, kernel),
  )
  const hosts = classesOf(
    old.builds.map(build => build.hosts),
    now.builds.map(build => build.hosts),
    host => host,
    host => host,
  )
  const comparison = new Comparison(old, now, images, hosts)
  comparison.run()
  return {
    ...{ version: DIFF_VERSION, tool, created, old: originOf(old), new: originOf(now) },
    remarks: remarksOf(old, now),
    ...comparison.found(),
  }
}

/** Guests without a kernel of their own are named by their disks, which may hold kernels as well. */
const imageKey = ({ kernels }: EarlierReport, image: string, kernel: number) =>
  kernels[kernel]!.kind === 'guest' ? `guest\0${image}` : image

const originOf = ({ file, created, tool, kind, to }: EarlierReport): ReportOrigin => ({
  ...{ file, created, tool, kind },
  ...(to !== undefined && { to }),
})

/** What a report says, where the other one says something else. */
const asked = ({ kind, to }: ReportOrigin) =>
  kind === 'upgrade'
    ? `an upgrade to Xen ${to ?? '(unnamed)'}, of which the answers after it are compared`
    : kind === 'add'
      ? 'of new kernels'
      : 'an audit of the fleet as it was'

function remarksOf(old: EarlierReport, now: EarlierReport): string[] {
  const remarks: string[] = []
  if (old.kind !== now.kind || old.to !== now.to) {
    remarks.push(`The old report is ${asked(old)}; the new one is ${asked(now)}`)
  }
  if (Date.parse(old.created) > Date.parse(now.created)) {
    remarks.push(`The old report is the younger one: it was made on ${old.created}`)
  }
  if (old.tool !== now.tool)
    remarks.push(`The old report was made by ${old.tool}, the new one by ${now.tool}`)
  const modes = bootModes.filter(mode => old.modes.includes(mode) !== now.modes.includes(mode))
  if (modes.length > 0) remarks.push(`Only one of the reports asks about ${modes.join(', ')}`)
  return remarks
}

const noAnswers = (): AnswerCounts => ({ accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 })

/** Some names of a class, by their index in it; all of them where there is no list. */
type Part = number[] | undefined

class Comparison {
  readonly #old: EarlierReport
  readonly #new: EarlierReport
  readonly #images: Classes
  readonly #hosts: Classes
  readonly #verdicts = new ValueTable<EarlierVerdict>()
  /** Indexes of the reports' verdicts in `#verdicts`. */
  readonly #oldVerdicts: number[]
  readonly #newVerdicts: number[]
  readonly #kernels = new ValueTable<DiffKernel>()
  readonly #builds = new ValueTable<DiffBuild>()
  readonly #causes = new Map<string, DiffCause>()
  readonly #counts: DiffCounts
  readonly #rows: DifferenceRow[] = []

  constructor(old: EarlierReport, now: EarlierReport, images: Classes, hosts: Classes) {
    this.#old = old
    this.#new = now
    this.#images = images
    this.#hosts = hosts
    this.#oldVerdicts = old.verdicts.map(verdict => this.#verdicts.index(verdict))
    this.#newVerdicts = now.verdicts.map(verdict => this.#verdicts.index(verdict))
    this.#counts = {
      same: 0,
      differences: { breaks: 0, uncertain: 0, 'other-cause': 0, new: 0, gone: 0, fixed: 0 },
      before: noAnswers(),
      after: noAnswers(),
      images: { new: namesOf(images, 'old'), gone: namesOf(images, 'new') },
      hosts: {
        new: namesOf(hosts, 'old'),
        gone: namesOf(hosts, 'new'),
        otherVersion: sumOf(hosts.all, host => this.#hasOtherVersion(host)),
      },
    }
  }

  run(): void {
    const { cells: oldCells } = this.#old
    const { cells: newCells } = this.#new
    const oldAt = cellIndex(this.#old)
    const newAt = cellIndex(this.#new)
    for (let index = 0; index < newCells.length; index++) {
      const cell = newCells.at(index)
      for (const image of this.#images.ofNew[cell.kernel]!) {
        for (const host of this.#hosts.ofNew[cell.build]!) {
          const was = oldAt(this.#images.all[image]!.old, this.#hosts.all[host]!.old, cell)
          this.#compare(image, host, was === undefined ? undefined : oldCells.at(was), cell)
        }
      }
    }
    for (let index = 0; index < oldCells.length; index++) {
      const cell = oldCells.at(index)
      for (const image of this.#images.ofOld[cell.kernel]!) {
        for (const host of this.#hosts.ofOld[cell.build]!) {
          // What both reports have was compared above.
          const is = newAt(this.#images.all[image]!.new, this.#hosts.all[host]!.new, cell)
          if (is === undefined) this.#compare(image, host, cell, undefined)
        }
      }
    }
  }

  found() {
    return {
      counts: this.#counts,
      causes: [...this.#causes.values()].sort(
        (a, b) => b.appeared - a.appeared || b.vanished - a.vanished || (a.code < b.code ? -1 : 1),
      ),
      kernels: this.#kernels.values,
      builds: this.#builds.values,
      verdicts: this.#verdicts.values,
      differences: this.#rows,
    }
  }

  #hasOtherVersion({ old, new: now }: NameClass): boolean {
    return old !== ABSENT && now !== ABSENT && this.#old.builds[old]!.label !== this.#new.builds[now]!.label
  }

  /** Compares what is asked of a class of images on a class of hosts: in both, in one or in the other report. */
  #compare(image: number, host: number, old: CellCore | undefined, now: CellCore | undefined): void {
    const names = this.#images.all[image]!
    const machines = this.#hosts.all[host]!
    const oldImages = placesIn(names.oldPlaces, old?.images)
    const oldHosts = placesIn(machines.oldPlaces, old?.hosts)
    const newImages = placesIn(names.newPlaces, now?.images)
    const newHosts = placesIn(machines.newPlaces, now?.hosts)
    const before = old === undefined ? undefined : this.#oldVerdicts[finalVerdict(old)]!
    const after = now === undefined ? undefined : this.#newVerdicts[finalVerdict(now)]!
    const add = (images: Part, hosts: Part, was?: number, is?: number) => {
      const pairs = (images ?? names.names).length * (hosts ?? machines.names).length
      if (pairs > 0) this.#add({ image, host, images, hosts, pairs, mode: (now ?? old)!.mode }, was, is)
    }
    if (before === undefined || after === undefined) {
      if (before === undefined) add(newImages, newHosts, undefined, after)
      else add(oldImages, oldHosts, before, undefined)
      return
    }
    const imagesOfBoth = common(oldImages, newImages)
    add(imagesOfBoth, common(oldHosts, newHosts), before, after)
    add(without(newImages, oldImages, names), newHosts, undefined, after)
    add(imagesOfBoth, without(newHosts, oldHosts, machines), undefined, after)
    add(without(oldImages, newImages, names), oldHosts, before, undefined)
    add(imagesOfBoth, without(oldHosts, newHosts, machines), before, undefined)
  }

  #add(
    {
      image,
      host,
      images,
      hosts,
      pairs,
      mode,
    }: { image: number; host: number; images: Part; hosts: Part; pairs: number } & Pick<CellCore, 'mode'>,
    before: number | undefined,
    after: number | undefined,
  ): void {
    const was = before === undefined ? undefined : this.#verdicts.values[before]!
    const is = after === undefined ? undefined : this.#verdicts.values[after]!
    if (was !== undefined) countAnswer(this.#counts.before, was.verdict, pairs)
    if (is !== undefined) countAnswer(this.#counts.after, is.verdict, pairs)
    this.#countCauses(was, is, pairs)
    const difference = differenceOf(was, is)
    if (difference === undefined) {
      this.#counts.same += pairs
      return
    }
    this.#counts.differences[difference] += pairs
    this.#rows.push({
      difference,
      kernel: this.#kernels.index(this.#kernelOf(image), String(image)),
      build: this.#builds.index(this.#buildOf(host), String(host)),
      mode,
      ...(images !== undefined && { images }),
      ...(hosts !== undefined && { hosts }),
      pairs,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    })
  }

  #countCauses(was: EarlierVerdict | undefined, is: EarlierVerdict | undefined, pairs: number): void {
    const [before, after] = [causeOf(was), causeOf(is)]
    if (before !== undefined) this.#cause(before).before += pairs
    if (after !== undefined) this.#cause(after).after += pairs
    if (before === after) return
    if (before !== undefined) this.#cause(before).vanished += pairs
    if (after !== undefined) this.#cause(after).appeared += pairs
  }

  #cause(code: string): DiffCause {
    let cause = this.#causes.get(code)
    if (cause === undefined) {
      cause = { code, title: causeTitle(code), before: 0, after: 0, appeared: 0, vanished: 0 }
      this.#causes.set(code, cause)
    }
    return cause
  }

  #kernelOf(index: number): DiffKernel {
    const { old, new: now, names } = this.#images.all[index]!
    const kernel = now === ABSENT ? this.#old.kernels[old]! : this.#new.kernels[now]!
    return { ...kernel, images: names, in: old === ABSENT ? 'new' : now === ABSENT ? 'old' : 'both' }
  }

  #buildOf(index: number): DiffBuild {
    const { old, new: now, names } = this.#hosts.all[index]!
    return {
      hosts: names,
      ...(old !== ABSENT && { before: this.#old.builds[old]!.label }),
      ...(now !== ABSENT && { after: this.#new.builds[now]!.label }),
    }
  }
}

/** How many names one of the reports does not have. */
const namesOf = ({ all }: Classes, missing: 'old' | 'new') => sumOf(all, group => group[missing] === ABSENT)

const sumOf = (classes: readonly NameClass[], has: (group: NameClass) => boolean) =>
  classes.reduce((sum, group) => sum + (has(group) ? group.names.length : 0), 0)

function countAnswer(counts: AnswerCounts, word: VerdictWord, pairs: number): void {
  counts[word] = (counts[word] ?? 0) + pairs
}

/** The cause that a verdict has; what starts has none. */
const causeOf = (verdict: EarlierVerdict | undefined): string | undefined =>
  verdict === undefined || verdict.verdict === 'accepts' || verdict.verdict === 'not-asked'
    ? undefined
    : (verdict.code ?? verdict.verdict)

/** What differs between two answers; undefined where nothing does. */
export function differenceOf(
  before: Pick<EarlierVerdict, 'verdict' | 'code'> | undefined,
  after: Pick<EarlierVerdict, 'verdict' | 'code'> | undefined,
): DifferenceWord | undefined {
  if (before === undefined) return 'new'
  if (after === undefined) return 'gone'
  const isSameCause = before.verdict === 'accepts' || before.code === after.code
  if (before.verdict === after.verdict && isSameCause) return undefined
  const change = changeOf(before.verdict, after.verdict)
  return change === 'still-broken' || change === 'still-fine' ? 'other-cause' : change
}

/** Finds the cell of a kernel and a build in the boot mode of another cell. */
function cellIndex({ cells, builds }: EarlierReport) {
  const places = new Map<number, number>()
  const keyOf = (kernel: number, build: number, { mode }: Pick<CellCore, 'mode'>) =>
    (kernel * builds.length + build) * bootModes.length + bootModes.indexOf(mode)
  for (let index = 0; index < cells.length; index++) {
    const cell = cells.at(index)
    places.set(keyOf(cell.kernel, cell.build, cell), index)
  }
  return (kernel: number, build: number, cell: Pick<CellCore, 'mode'>) =>
    kernel === ABSENT || build === ABSENT ? undefined : places.get(keyOf(kernel, build, cell))
}

/** Which names of a class a cell is about: those whose places it names. */
function placesIn(places: readonly number[], named: readonly number[] | undefined): Part {
  if (named === undefined) return undefined
  const wanted = new Set(named)
  const part = [...places.keys()].filter(index => wanted.has(places[index]!))
  return part.length === places.length ? undefined : part
}

function common(a: Part, b: Part): Part {
  if (a === undefined || b === undefined) return a ?? b
  const other = new Set(b)
  return a.filter(index => other.has(index))
}

/** What `a` has and `b` has not. */
function without(a: Part, b: Part, { names }: NameClass): number[] {
  if (b === undefined) return []
  const other = new Set(b)
  return (a ?? [...names.keys()]).filter(index => !other.has(index))
}
