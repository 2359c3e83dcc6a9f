/**
 * The causes of the refusals and doubts of a scan, each said once and not once an image.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import { Judge } from '../xen/judge.ts'
import type { LogLines } from '../xen/log-lines.ts'
import { reasonText } from '../xen/reason-text.ts'
import { releaseIndex } from '../xen/releases.ts'
import { targetWord } from '../xen/remedies/own-command.ts'
import { cheapestFirst, type Remedy } from '../xen/remedies/remedy.ts'
import { aimedAt, remedyText } from '../xen/remedies/remedy-text.ts'
import { resolveTarget } from '../xen/target.ts'
import type { CauseCode } from '../xen/verdict.ts'
import type { Judgement } from './judgement.ts'
import type { CommonRemedy } from './model.ts'

/** One cause, as the newest build or release that was asked shows it. */
export interface ScanCause {
  code: CauseCode
  reason: string
  /** What the log shows of it. */
  log: LogLines
  /** In the order of `cheapestFirst`. */
  remedies: CommonRemedy[]
  /** How many images have it, and the first of them. */
  images: number
  names: readonly string[]
  /** How many hosts refuse them; 0 where releases are asked. */
  hosts: number
}

interface Tally {
  code: CauseCode
  reason: string
  log: LogLines
  /** Where each remedy is named, by its text, of how many judgements that name any. */
  remedies: Map<string, Reach>
  treated: number
  images: number
  /** The address of the first image, for commands. */
  first: string
  names: string[]
  /** The image that was counted last. */
  last: string
  hosts: Set<string>
  builds: Set<string>
  /** What refuses them, as `repair --for` takes it. */
  targets: Set<string>
  /** Where releases are asked: the judgement of the newest. */
  newest?: Example
}

/** For which images and on which builds something holds. */
interface Reach {
  remedy: Remedy
  cases: number
  images: number
  /** The first of them, and the one that was counted last. */
  names: string[]
  last: string
  builds: Set<string>
}

interface Example {
  facts: () => Facts
  judgement: Judgement
  /** Index of the release. */
  index: number
}

/** So many images of a cause are named. */
const NAMED = 3

/** Gathers causes; its size depends on their number alone. */
export class ScanCauses {
  readonly #tallies = new Map<string, Tally>()

  /**
   * @param image Its address, and its name in the report.
   * @param facts Of the image; only called for the one image that shows a cause.
   */
  add(image: { address: string; name: string }, judgement: Judgement, facts: () => Facts): void {
    const { code, verdict, reason, message, log, remedies = [], hosts = [] } = judgement
    if (code === undefined || verdict === 'accepts' || verdict === 'unavailable') return
    // One code may have several reasons: two codecs that are too new need different remedies. What the toolstack and the
    // hypervisor say alike of the same image is one cause.
    const key = JSON.stringify([code, reason.code, { ...reason.args, side: undefined }])
    let tally = this.#tallies.get(key)
    if (tally === undefined) {
      tally = {
        ...{
          code,
          reason: reasonText(reason),
          log: { lines: [] },
          targets: new Set(),
          remedies: new Map(),
          treated: 0,
        },
        ...{ images: 0, first: image.address, names: [], last: '', hosts: new Set(), builds: new Set() },
      }
      this.#tallies.set(key, tally)
    }
    tally.log = log ?? (message === undefined ? tally.log : { lines: [message] })
    if (remedies.length > 0) tally.treated++
    for (const remedy of remedies) {
      const text = remedyText(remedy)
      const reach = tally.remedies.get(text) ?? {
        ...{ remedy, cases: 0, images: 0, names: [], last: '', builds: new Set<string>() },
      }
      tally.remedies.set(text, reach)
      reach.cases++
      countImage(reach, image.name)
      if (judgement.xen !== undefined) reach.builds.add(judgement.xen)
    }
    countImage(tally, image.name)
    if (judgement.xen !== undefined) {
      tally.builds.add(judgement.xen)
      tally.targets.add(targetWord(versionOf(judgement.xen), judgement.mode))
    }
    for (const host of hosts) tally.hosts.add(host)
    const index = judgement.until === undefined ? -1 : releaseIndex(judgement.until)!
    // A version that was asked by itself brings its log and remedies along.
    if (judgement.xen === undefined && index > (tally.newest?.index ?? -1))
      tally.newest = { facts, judgement, index }
  }

  /** Those of most images first; of equal ones the first that was met. */
  list(): ScanCause[] {
    return [...this.#tallies.values()].sort((a, b) => b.images - a.images).map(causeOf)
  }
}

function causeOf(tally: Tally): ScanCause {
  const { code, reason, images, first, names, hosts, newest, log } = tally
  const common = { code, reason, images, names, hosts: hosts.size }
  const found = newest === undefined ? { log, remedies: tallied(tally) } : askNewest(newest)
  const targets =
    newest === undefined ? [...tally.targets] : [targetWord(newest.judgement.until!, newest.judgement.mode)]
  const subject = { image: first, targets }
  return { ...common, ...found, remedies: found.remedies.map(remedy => aimedAt(remedy, subject)) }
}

/** A label is a version, and what tells its build from others. */
const versionOf = (label: string) => label.split(' ')[0]!

/** Images come one after the other, each with all its judgements. */
function countImage(count: Pick<Tally, 'images' | 'names' | 'last'>, image: string): void {
  if (count.last === image) return
  count.images++
  count.last = image
  if (count.names.length < NAMED) count.names.push(image)
}

/** A remedy that does not hold everywhere says where it does; of equals the one comes first that is for most cases. */
const tallied = (tally: Tally): CommonRemedy[] =>
  [...tally.remedies.values()]
    .sort((a, b) => cheapestFirst()(a.remedy, b.remedy) || b.cases - a.cases)
    .map(reach => ({
      ...reach.remedy,
      ...(reach.cases < tally.treated && { reach: whereIn(reach, tally) }),
    }))

function whereIn(reach: Reach, { images, builds, treated }: Tally): string {
  const few = (names: readonly string[], count: number) =>
    names.join(', ') + (count > names.length ? ` and ${count - names.length} more` : '')
  if (reach.images < images) return `for ${few(reach.names, reach.images)}`
  if (reach.builds.size < builds.size) {
    return `on Xen ${few([...reach.builds].slice(0, NAMED), reach.builds.size)}`
  }
  return `in ${reach.cases} of ${treated} cases`
}

/** A span of releases has no log and no remedies: its last release is asked for them, once a cause. */
function askNewest({ facts, judgement }: Example): Pick<ScanCause, 'log' | 'remedies'> {
  // What a loader makes of bytes that nobody has seen is not known.
  if (judgement.code === 'image-unread') return { log: { lines: [] }, remedies: [] }
  const { remedies, log } = new Judge(facts()).verdict(resolveTarget(judgement.until!), judgement.mode)
  return {
    log: log ?? { lines: judgement.message === undefined ? [] : [judgement.message] },
    remedies,
  }
}
