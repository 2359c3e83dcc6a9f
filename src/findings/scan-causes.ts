/**
 * The causes of the refusals and doubts of a scan, each said once and not once an image.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { LogLines } from '../xen/log-lines.ts'
import { reasonText } from '../xen/reason-text.ts'
import { releaseIndex } from '../xen/releases.ts'
import { cheapestFirst, type Remedy } from '../xen/remedies/remedy.ts'
import { aimedAt, remedyText } from '../xen/remedies/remedy-text.ts'
import type { CauseCode } from '../xen/verdict.ts'
import type { Judgement } from './judgement.ts'
import type { CommonRemedy } from './model.ts'
import type { Question } from './question.ts'
import { type NamedImage, type Place, Reach } from './remedy-reach.ts'

/** One cause, with the log of the newest release or of the last build that was asked. */
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
  /** Index of the newest release that has it; -1 where there is none. */
  newest: number
  all: Reach
  /** Where any remedy is named. */
  treated: Reach
  /** Where each remedy is named, by its text. */
  remedies: Map<string, { remedy: Remedy; reach: Reach }>
  hosts: Set<string>
}

/** Gathers causes; its size depends on the number of them and of their remedies, and not on that of images. */
export class ScanCauses {
  readonly #tallies = new Map<string, Tally>()
  readonly #remedies: Question['remedies']

  /** @param remedies Says what can be done about a span of releases. */
  constructor(remedies?: Question['remedies']) {
    this.#remedies = remedies
  }

  /**
   * @param judgements All of the image, on releases the oldest first.
   * @param facts Of the image; only called where it has a cause.
   */
  add(image: NamedImage, judgements: readonly Judgement[], facts: () => Facts): void {
    // Of the releases the newest is asked what to do, once a cause and mode.
    const spans = new Map<string, { tally: Tally; span: Judgement }>()
    for (const judgement of judgements) {
      const { code, verdict, mode, xen, hosts = [] } = judgement
      if (code === undefined || verdict === 'accepts' || verdict === 'unavailable') continue
      const key = causeKey(judgement)
      const tally = this.#tallies.get(key) ?? newTally(code, judgement)
      this.#tallies.set(key, tally)
      tally.all.countImage(image)
      for (const host of hosts) tally.hosts.add(host)
      setLog(tally, judgement)
      if (xen === undefined) spans.set(JSON.stringify([mode, key]), { tally, span: judgement })
      else addRemedies(tally, { image, mode, build: xen }, judgement.remedies)
    }
    for (const { tally, span } of spans.values()) {
      addRemedies(tally, { image, mode: span.mode, build: span.until! }, this.#remedies?.(facts(), span))
    }
  }

  /** Those of most images first; of equal ones the first that was met. */
  list(): ScanCause[] {
    return [...this.#tallies.values()].sort((a, b) => b.all.images - a.all.images).map(causeOf)
  }
}

/**
 * One code may have several reasons: two codecs that are too new need different remedies. What the toolstack and the
 * hypervisor say alike of the same image is one cause.
 */
const causeKey = ({ code, reason }: Judgement) =>
  JSON.stringify([code, reason.code, { ...reason.args, side: undefined }])

const newTally = (code: CauseCode, { reason }: Judgement): Tally => ({
  ...{ code, reason: reasonText(reason), log: { lines: [] }, newest: -1 },
  ...{ all: new Reach(), treated: new Reach(), remedies: new Map(), hosts: new Set() },
})

/** The newest release says what the log shows; where none is asked, the last build does. */
function setLog(tally: Tally, { xen, until, log, message }: Judgement): void {
  const index = xen === undefined ? releaseIndex(until!)! : -1
  if (index < tally.newest || (index === tally.newest && index !== -1)) return
  tally.newest = index
  tally.log = log ?? (message === undefined ? tally.log : { lines: [message] })
}

function addRemedies(tally: Tally, place: Place, remedies: readonly Remedy[] = []): void {
  if (remedies.length > 0) tally.treated.add(place)
  for (const remedy of remedies) {
    const text = remedyText(remedy)
    const known = tally.remedies.get(text) ?? { remedy, reach: new Reach() }
    tally.remedies.set(text, known)
    known.reach.add(place)
    // Where any of the images has a tenant, there is someone who can do it.
    if (remedy.by === 'tenant') known.remedy = remedy
  }
}

function causeOf({ code, reason, log, all, treated, remedies, hosts }: Tally): ScanCause {
  const { images, names } = all
  const found = [...remedies.values()]
    .sort((a, b) => cheapestFirst()(a.remedy, b.remedy) || b.reach.places - a.reach.places)
    .map(({ remedy, reach }): CommonRemedy => {
      const where = reach.within(treated)
      return { ...aimedAt(remedy, reach.subject), ...(where !== undefined && { reach: where }) }
    })
  return { code, reason, log, remedies: found, images, names, hosts: hosts.size }
}
