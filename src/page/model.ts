/**
 * The data of the document, ready to be asked for cells.
 * @module
 */
import { ranks } from '../document/natural-order.ts'
import { countingVerdict } from '../findings/counting-verdict.ts'
import { ValueTable } from '../findings/value-table.ts'
import type { PageData, PageVerdict, State } from '../report/html/data.ts'
import { fillRuns, toRuns } from '../report/html/runs.ts'
import type { Look } from '../report/html/words.ts'
import { fullName } from './full-name.ts'
import { buildText, kernelText } from './search.ts'

/** What the matrix shows: what becomes of each kernel, today's answer, or the one after the change. */
export type Show = 'change' | 'today' | 'after'

/** What a kernel that starts today meets at the next upgrade. */
export interface LaterRefusal {
  release: string
  verdict: number
}

export interface IgnoredCell {
  reason: string
  expires: string
}

export class Model {
  readonly data: PageData
  /** What can be shown: without a change there is only today. */
  readonly shows: readonly Show[]
  /** What kernels and builds are searched by. */
  readonly kernelTexts: readonly string[]
  readonly buildTexts: readonly string[]
  /** The places of the kernels by their names, in natural order. */
  readonly nameRanks: readonly number[]
  readonly #states: Int32Array
  readonly #guests: Int32Array
  readonly #hosts: Int32Array
  readonly #images: Int32Array
  readonly #laterRefusals = new Map<number, LaterRefusal>()
  readonly #ignored = new Map<number, IgnoredCell>()
  readonly #alike: readonly number[][][]

  constructor(data: PageData) {
    this.data = data
    this.kernelTexts = data.kernels.map(kernelText)
    this.buildTexts = data.builds.map(buildText)
    this.nameRanks = ranks(data.kernels.map(fullName))
    const { kernels, builds, modes, texts, releases, states } = data
    this.shows = states.some(({ after }) => after !== undefined) ? ['change', 'today', 'after'] : ['today']
    const size = modes.length * kernels.length * builds.length
    const unfold = (rows: readonly number[], patterns: readonly number[][]) => {
      const cube = new Int32Array(size)
      for (const [row, pattern] of rows.entries()) fillRuns(patterns[pattern]!, cube, row * builds.length)
      return cube
    }
    this.#states = unfold(data.rows, data.patterns)
    this.#guests = unfold(data.loadRows, data.loads)
    const { patterns = [], hosts = [], images = [] } = data.parts ?? {}
    this.#hosts = unfold(hosts, patterns)
    this.#images = unfold(images, patterns)
    for (const [kernel, build, mode, release, verdict] of data.laterRefusals) {
      this.#laterRefusals.set(this.#at(mode, kernel, build), { release: releases[release]!, verdict })
    }
    for (const [kernel, build, mode, reason, expires] of data.ignored) {
      this.#ignored.set(this.#at(mode, kernel, build), { reason: texts[reason]!, expires: texts[expires]! })
    }
    this.#alike = modes.map((_, mode) => this.#alikeIn(mode))
  }

  #at(mode: number, kernel: number, build: number): number {
    return (mode * this.data.kernels.length + kernel) * this.data.builds.length + build
  }

  /** What a cell in that state shows: verdicts that differ only in what they rest on look the same. */
  #shown({ verdict, after = verdict, change, known }: State): string {
    const { verdicts } = this.data
    const parts = [verdict, after].map(index => `${verdicts[index]!.verdict} ${verdicts[index]!.cause ?? ''}`)
    return [...parts, change ?? '', known ?? ''].join()
  }

  /** Kernels whose cells show the same; each list in natural order. */
  #alikeIn(mode: number): number[][] {
    const { kernels, rows, laterRefusals, ignored, states, patterns } = this.data
    const shown = new ValueTable<string>()
    const looks = [-1, ...states.map(state => shown.index(this.#shown(state)))]
    const row = new Int32Array(this.data.builds.length)
    const drawn = patterns.map(runs => {
      fillRuns(runs, row, 0)
      return toRuns([...row].map(state => looks[state]!)).join()
    })
    const keys = kernels.map((_, kernel) => drawn[rows[mode * kernels.length + kernel]!]!)
    for (const [kernel, build, at, release] of laterRefusals)
      if (at === mode) keys[kernel] += ` ${build}-${release}`
    for (const [kernel, build, at] of ignored) if (at === mode) keys[kernel] += ` ${build}!`
    const groups = new Map<string, number[]>()
    for (const [kernel, key] of keys.entries()) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [kernel])
      else group.push(kernel)
    }
    for (const group of groups.values()) group.sort((a, b) => this.nameRanks[a]! - this.nameRanks[b]!)
    return [...groups.values()]
  }

  /** The kernels of a boot mode, those that answer alike together. */
  alike(mode: number): readonly (readonly number[])[] {
    return this.#alike[mode]!
  }

  /** Kernels as lists of those that have as many guests on each build. */
  sameGuests(mode: number, kernels: readonly number[]): number[][] {
    const { loadRows, kernels: all } = this.data
    const groups = new Map<number, number[]>()
    for (const kernel of kernels) {
      const load = loadRows[mode * all.length + kernel]!
      const group = groups.get(load)
      if (group === undefined) groups.set(load, [kernel])
      else group.push(kernel)
    }
    return [...groups.values()]
  }

  /** Undefined where nothing is placed. */
  state(mode: number, kernel: number, build: number): State | undefined {
    return this.data.states[this.#states[this.#at(mode, kernel, build)]! - 1]
  }

  guests(mode: number, kernel: number, build: number): number {
    return this.#guests[this.#at(mode, kernel, build)]!
  }

  /** The hosts of the build that are meant. */
  hosts(mode: number, kernel: number, build: number): readonly string[] {
    return this.#part(this.#hosts[this.#at(mode, kernel, build)]!, this.data.builds[build]!.hosts)
  }

  /** The images of the kernel that are meant. */
  images(mode: number, kernel: number, build: number): readonly string[] {
    return this.#part(this.#images[this.#at(mode, kernel, build)]!, this.data.kernels[kernel]!.images)
  }

  #part(subset: number, all: readonly string[]): readonly string[] {
    return subset === 0 ? all : this.data.subsets[subset - 1]!.map(index => all[index]!)
  }

  laterRefusal(mode: number, kernel: number, build: number): LaterRefusal | undefined {
    return this.#laterRefusals.get(this.#at(mode, kernel, build))
  }

  ignored(mode: number, kernel: number, build: number): IgnoredCell | undefined {
    return this.#ignored.get(this.#at(mode, kernel, build))
  }

  text(index: number): string {
    return this.data.texts[index] ?? ''
  }

  /**
   * The verdict that is shown. In a change it is the one after it, unless that is certain and the doubt is
   * about today.
   */
  verdict(state: State, show: Show): PageVerdict {
    const { verdict, after = verdict } = state
    if (show === 'change') return countingVerdict(this.data, state)
    return this.data.verdicts[show === 'today' ? verdict : after]!
  }

  look(state: State, show: Show): Look {
    return show === 'change' && state.change !== undefined ? state.change : this.verdict(state, show).verdict
  }

  /** The cause of the shown refusal or doubt, by index; of the one that is cured, where the change cures it. */
  cause(state: State, show: Show): number | undefined {
    const shown = this.verdict(state, show).cause
    return shown === undefined && show === 'change' ? this.verdict(state, 'today').cause : shown
  }

  /** How many cells of each boot mode look like that. */
  countLook(look: Look, show: Show): number[] {
    return this.#alike.map((groups, mode) => {
      let count = 0
      for (const group of groups) {
        for (const build of this.data.builds.keys()) {
          const state = this.state(mode, group[0]!, build)
          if (state !== undefined && this.look(state, show) === look) count += group.length
        }
      }
      return count
    })
  }

  /** The code of a cause; empty for none. */
  causeCode(cause: number | undefined): string {
    return cause === undefined ? '' : this.data.causes[cause]!.code
  }
}
