/**
 * Compares two scans image by image. What is kept is each address with two numbers, and each distinct kernel and list of
 * verdicts once, however many images there are.
 * @module
 */
import { describeGuest, describeLayers } from '../../facts/describe.ts'
import { identify } from '../../facts/identity.ts'
import type { ScannedRecord } from '../../record/type.ts'
import { isUnread } from '../../xen/unread.ts'
import { ValueTable } from '../value-table.ts'
import { canonicalJson, changedMembers, factChanges, type Said } from './fact-changes.ts'
import {
  type AnswerChange,
  SCAN_DIFF_VERSION,
  SCAN_DIFFERENCES,
  type ScanDiff,
  type ScanDifference,
  type ScanDifferenceRow,
  type ScanDiffKernel,
  type ScanOrigin,
} from './model.ts'
import { answerChanges, questionsOf, readVerdicts, type ScannedAnswer, verdictOf } from './verdicts.ts'

export type Side = 'old' | 'new'
const SIDES: readonly Side[] = ['old', 'new']
const other = { old: 'new', new: 'old' } as const

/** What a scan says of an image, by indexes. */
interface Entry {
  kernel: number
  /** Of a list of verdicts; the first is empty. */
  answers: number
  digest?: string
}

const NONE = -1
const NO_ANSWERS = 0

export interface ScanDiffInput {
  tool: string
  created: string
  /** Where the scans are from. */
  old: Pick<ScanOrigin, 'file' | 'tool'>
  new: Pick<ScanOrigin, 'file' | 'tool'>
}

/** Takes the images of both scans, in any order. */
export class ScanComparison {
  readonly #kernels = new ValueTable<Said & Pick<ScanDiffKernel, 'kind'>>()
  readonly #kernelsOf = { old: new Set<number>(), new: new Set<number>() }
  readonly #answers = new ValueTable<readonly ScannedAnswer[]>()
  readonly #entries = new ValueTable<Entry>()
  /** Where the image at an address is in the two lists of entries. */
  readonly #places = new Map<string, number>()
  readonly #at: Record<Side, number[]> = { old: [], new: [] }
  readonly #images = { old: 0, new: 0 }
  /** Facts and verdicts that are one object are the same. */
  readonly #knownKernels = new WeakMap<object, number>()
  readonly #knownAnswers = new WeakMap<object, number>()

  constructor() {
    this.#answers.index([])
  }

  /** Throws a ScannedVerdictError. */
  add(side: Side, { image, record, verdicts }: ScannedRecord): void {
    const kernel = this.#kernelOf(image, record)
    const answers = verdicts === undefined ? NO_ANSWERS : this.#answersOf(verdicts)
    const { digest } = record
    const key = `${kernel} ${answers} ${digest ?? ''}`
    const entry = this.#entries.index({ kernel, answers, ...(digest !== undefined && { digest }) }, key)
    const list = this.#at[side]
    // An image may be given twice, by shards that overlap, say; one with other facts is another image.
    let name = image
    for (let count = 2; ; count++) {
      const place = this.#placeOf(name)
      if (list[place] === NONE) {
        list[place] = entry
        this.#images[side]++
        this.#kernelsOf[side].add(kernel)
        return
      }
      if (list[place] === entry) return
      name = `${image}\0${count}`
    }
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const place = this.#places.size
    this.#places.set(name, place)
    for (const side of SIDES) this.#at[side].push(NONE)
    return place
  }

  #kernelOf(image: string, { kind, facts, problem }: ScannedRecord['record']): number {
    // Of images that could not be read nobody knows whether they are alike.
    const isOwn = problem !== undefined && isUnread(problem)
    const known = isOwn ? undefined : this.#knownKernels.get(facts)
    if (known !== undefined) return known
    const key = canonicalJson([{ ...facts, version: undefined }, problem, isOwn ? image : ''])
    const number = this.#kernels.index({ kind, facts, ...(problem !== undefined && { problem }) }, key)
    if (!isOwn) this.#knownKernels.set(facts, number)
    return number
  }

  #answersOf(verdicts: readonly unknown[]): number {
    const known = this.#knownAnswers.get(verdicts)
    if (known !== undefined) return known
    const number = this.#answers.index(readVerdicts(verdicts))
    this.#knownAnswers.set(verdicts, number)
    return number
  }

  found({ tool, created, old, new: now }: ScanDiffInput): ScanDiff {
    const rows = new Rows()
    const lost: [string, Entry][] = []
    const fresh: [string, Entry][] = []
    let same = 0
    for (const [name, place] of this.#places) {
      const [before, after] = SIDES.map(side => this.#entryAt(side, place))
      const image = name.split('\0', 1)[0]!
      if (after === undefined) lost.push([image, before!])
      else if (before === undefined) fresh.push([image, after])
      else {
        const difference = this.#differenceOf(before, after)
        if (difference === undefined) same++
        else rows.add(difference, image, before, after)
      }
    }
    this.#pairMoved(lost, fresh, rows)
    const kernels = new ValueTable<ScanDiffKernel>()
    const differences = rows.list().map(row => this.#row(row, kernels))
    return {
      ...{ version: SCAN_DIFF_VERSION, kind: 'scans', tool, created },
      old: this.#originOf('old', old),
      new: this.#originOf('new', now),
      remarks: this.#remarks(old, now),
      counts: {
        same,
        differences: countsOf(differences),
        kernels: { new: this.#kernelsOnlyOf('new'), gone: this.#kernelsOnlyOf('old') },
        answers: answerCounts(differences),
      },
      kernels: kernels.values,
      differences,
    }
  }

  #entryAt(side: Side, place: number): Entry | undefined {
    const index = this.#at[side][place]!
    return index === NONE ? undefined : this.#entries.values[index]!
  }

  #differenceOf(before: Entry, after: Entry): ScanDifference | undefined {
    if (before.kernel !== after.kernel) return 'facts'
    if (this.#changesOf(before, after).length > 0) return 'verdicts'
    const isOtherContent =
      before.digest !== undefined && after.digest !== undefined && before.digest !== after.digest
    return isOtherContent ? 'content' : undefined
  }

  readonly #changes = new Map<string, AnswerChange[]>()

  #changesOf({ answers: before }: Entry, { answers: after }: Entry): AnswerChange[] {
    if (before === after) return []
    const key = `${before} ${after}`
    let changes = this.#changes.get(key)
    if (changes === undefined) {
      changes = answerChanges(this.#answers.values[before]!, this.#answers.values[after]!)
      this.#changes.set(key, changes)
    }
    return changes
  }

  /** Images of one kernel, of which one is gone and one is new, are taken for the same one elsewhere. */
  #pairMoved(lost: readonly [string, Entry][], fresh: readonly [string, Entry][], rows: Rows): void {
    const waiting = new Map<string, [string, Entry][]>()
    for (const one of lost.toReversed()) {
      const key = bytesKey(one[1])
      const own = waiting.get(key)
      if (own === undefined) waiting.set(key, [one])
      else own.push(one)
    }
    for (const [image, entry] of fresh) {
      const { digest: _, ...undigested } = entry
      const from = (waiting.get(bytesKey(entry)) ?? waiting.get(bytesKey(undigested)))?.pop()
      if (from === undefined) rows.add('new', image, undefined, entry)
      else rows.add('moved', image, from[1], entry, from[0])
    }
    for (const own of waiting.values()) {
      for (const [image, entry] of own.toReversed()) rows.add('gone', image, entry, undefined)
    }
  }

  #row(
    { difference, images, from, before, after }: Row,
    kernels: ValueTable<ScanDiffKernel>,
  ): ScanDifferenceRow {
    const [was, is] = [before, after].map(entry => entry && this.#kernels.values[entry.kernel]!)
    const indexOf = (entry: Entry) => kernels.index(this.#kernel(entry.kernel), String(entry.kernel))
    const isOther = before !== undefined && after !== undefined && before.kernel !== after.kernel
    const refusals =
      before !== undefined || after === undefined
        ? []
        : this.#answers.values[after.answers]!.filter(
            ({ verdict }) => verdict === 'refuses' || verdict === 'uncertain',
          )
    return {
      ...{ difference, images },
      ...(from.length > 0 && { from }),
      ...(before !== undefined && { before: indexOf(before) }),
      ...(after !== undefined && { after: indexOf(after) }),
      facts: isOther ? factChanges(was!, is!) : [],
      members: isOther ? changedMembers(was!, is!) : [],
      answers: before === undefined || after === undefined ? [] : this.#changesOf(before, after),
      refusals: distinct(refusals.map(verdictOf)),
    }
  }

  #kernel(index: number): ScanDiffKernel {
    const { kind, facts, problem } = this.#kernels.values[index]!
    const { version, flavour, buildId } = identify(facts)
    const [isOld, isNew] = SIDES.map(side => this.#kernelsOf[side].has(index))
    return {
      ...{ kind, layers: describeLayers(facts), guest: describeGuest(facts), size: facts.size },
      ...(version !== undefined && { kernelVersion: version }),
      ...(flavour !== undefined && { flavour }),
      ...(buildId !== undefined && { buildId }),
      ...(problem !== undefined && { problem }),
      in: isOld && isNew ? 'both' : isOld ? 'old' : 'new',
    }
  }

  #originOf(side: Side, { file, tool }: Pick<ScanOrigin, 'file' | 'tool'>): ScanOrigin {
    return {
      file,
      ...(tool !== undefined && { tool }),
      images: this.#images[side],
      kernels: this.#kernelsOf[side].size,
    }
  }

  #kernelsOnlyOf(side: Side): number {
    return [...this.#kernelsOf[side]].filter(kernel => !this.#kernelsOf[other[side]].has(kernel)).length
  }

  #remarks(old: Pick<ScanOrigin, 'tool'>, now: Pick<ScanOrigin, 'tool'>): string[] {
    const remarks: string[] = []
    if (old.tool !== undefined && now.tool !== undefined && old.tool !== now.tool) {
      remarks.push(
        `The old scan was made by ${old.tool}, the new one by ${now.tool}: what only one of them reads differs`,
      )
    }
    const asked = Object.fromEntries(SIDES.map(side => [side, this.#asked(side)])) as Record<
      Side,
      Set<string>
    >
    if (asked.old.size === 0 && asked.new.size === 0) return remarks
    for (const side of SIDES) {
      const alone = [...asked[side]].filter(question => !asked[other[side]].has(question))
      if (asked[other[side]].size === 0) {
        remarks.push(`Only the ${side} scan has verdicts: they are not compared`)
      } else if (alone.length > 0) {
        const names =
          alone.length > NAMED
            ? `${alone.slice(0, NAMED).join(', ')} and ${alone.length - NAMED} more`
            : alone.join(', ')
        remarks.push(`Only the ${side} scan asks about ${names}`)
      }
    }
    return remarks
  }

  hasVerdicts(side: Side): boolean {
    return this.#asked(side).size > 0
  }

  #asked(side: Side): Set<string> {
    const lists = new Set(
      this.#at[side].filter(index => index !== NONE).map(index => this.#entries.values[index]!.answers),
    )
    return new Set([...lists].flatMap(list => questionsOf(this.#answers.values[list]!)))
  }
}

/** Questions in a remark. */
const NAMED = 5

/** The same for what holds the same kernel in the same bytes, as far as that is known. */
const bytesKey = ({ kernel, digest }: Pick<Entry, 'kernel' | 'digest'>) => `${kernel} ${digest ?? ''}`

interface Row {
  difference: ScanDifference
  images: string[]
  from: string[]
  before: Entry | undefined
  after: Entry | undefined
}

/** Images of which the same is to be said. */
class Rows {
  readonly #rows = new Map<string, Row>()

  add(difference: ScanDifference, image: string, before?: Entry, after?: Entry, from?: string): void {
    const keys = [before, after].map(entry => entry && [entry.kernel, entry.answers])
    const key = JSON.stringify([difference, ...keys])
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = { difference, images: [], from: [], before, after }
      this.#rows.set(key, row)
    }
    row.images.push(image)
    if (from !== undefined) row.from.push(from)
  }

  list(): Row[] {
    const order = (row: Row) => SCAN_DIFFERENCES.indexOf(row.difference)
    return [...this.#rows.values()].sort((a, b) => order(a) - order(b) || b.images.length - a.images.length)
  }
}

const distinct = <Value>(values: readonly Value[]): Value[] => {
  const table = new ValueTable<Value>()
  for (const value of values) table.index(value)
  return table.values
}

function countsOf(rows: readonly ScanDifferenceRow[]): ScanDiff['counts']['differences'] {
  const counts = { facts: 0, verdicts: 0, content: 0, new: 0, moved: 0, gone: 0 }
  for (const { difference, images } of rows) counts[difference] += images.length
  return counts
}

function answerCounts(rows: readonly ScanDifferenceRow[]): ScanDiff['counts']['answers'] {
  const counts = { breaks: 0, uncertain: 0, 'other-cause': 0, fixed: 0 }
  for (const { images, answers } of rows) {
    for (const { difference } of answers) counts[difference] += images.length
  }
  return counts
}
