/**
 * The causes of the refusals and doubts of a scan, each said once and not once an image.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import { Judge } from '../xen/judge.ts'
import type { LogLines } from '../xen/log-lines.ts'
import { reasonText } from '../xen/reason-text.ts'
import { releaseIndex } from '../xen/releases.ts'
import { remedyText } from '../xen/remedies/remedy.ts'
import { resolveTarget } from '../xen/target.ts'
import type { CauseCode } from '../xen/verdict.ts'
import type { Judgement } from './judgement.ts'

/** One cause, as the newest build or release that was asked shows it. */
export interface ScanCause {
  code: CauseCode
  reason: string
  /** What the log shows of it. */
  log: LogLines
  remedies: string[]
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
  /** How many judgements name each remedy, of how many that name any. */
  remedies: Map<string, number>
  treated: number
  images: number
  names: string[]
  /** The image that was counted last. */
  last: string
  hosts: Set<string>
  /** Where releases are asked: the judgement of the newest. */
  newest?: Example
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

  /** @param facts Of the image; only called for the one image that shows a cause. */
  add(image: string, judgement: Judgement, facts: () => Facts): void {
    const { code, verdict, reason, message, log, remedies = [], hosts = [] } = judgement
    if (code === undefined || verdict === 'accepts' || verdict === 'unavailable') return
    // One code may have several reasons: two codecs that are too new need different remedies. What the toolstack and the
    // hypervisor say alike of the same image is one cause.
    const key = JSON.stringify([code, reason.code, { ...reason.args, side: undefined }])
    let tally = this.#tallies.get(key)
    if (tally === undefined) {
      tally = {
        ...{ code, reason: reasonText(reason), log: { lines: [] }, remedies: new Map(), treated: 0 },
        ...{ images: 0, names: [], last: '', hosts: new Set() },
      }
      this.#tallies.set(key, tally)
    }
    tally.log = log ?? (message === undefined ? tally.log : { lines: [message] })
    if (remedies.length > 0) tally.treated++
    for (const remedy of new Set(remedies)) {
      tally.remedies.set(remedy, (tally.remedies.get(remedy) ?? 0) + 1)
    }
    if (tally.last !== image) {
      tally.images++
      tally.last = image
      if (tally.names.length < NAMED) tally.names.push(image)
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
  const { code, reason, images, names, hosts, newest, log } = tally
  const common = { code, reason, images, names, hosts: hosts.size }
  if (newest !== undefined) return { ...common, ...askNewest(newest) }
  return { ...common, log, remedies: remedyTexts(tally) }
}

/** The remedies that hold everywhere first; each of the others with how often it does. */
function remedyTexts({ remedies, treated }: Tally): string[] {
  const all = [...remedies].filter(([, count]) => count === treated)
  const some = [...remedies].filter(([, count]) => count < treated)
  return [
    ...all.map(([remedy]) => remedy),
    ...some.map(([remedy, count]) => `${remedy} (in ${count} of ${treated} cases)`),
  ]
}

/** A span of releases has no log and no remedies: its last release is asked for them, once a cause. */
function askNewest({ facts, judgement }: Example): Pick<ScanCause, 'log' | 'remedies'> {
  const { remedies, log } = new Judge(facts()).verdict(resolveTarget(judgement.until!), judgement.mode)
  return {
    log: log ?? { lines: judgement.message === undefined ? [] : [judgement.message] },
    remedies: remedies.map(remedyText),
  }
}
