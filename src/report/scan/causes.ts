/**
 * What stands behind the verdicts of a scan, said once a cause and not once a row.
 * @module
 */
import type { CauseCode, VerdictWord } from '../../xen/verdict.ts'
import { plural, printable, wrap } from '../text.ts'
import type { Judgement } from './judgement.ts'

interface Cause {
  code: CauseCode
  verdict: VerdictWord
  /** How the first image with it reads. */
  reason: string
  message?: string
  remedies: readonly string[]
  images: number
  lastImage: string
  hosts: Set<string>
}

const INDENT = '  '

/** Gathers the causes of refusals and doubts; its size depends on the number of causes alone. */
export class Causes {
  readonly #causes = new Map<string, Cause>()

  add(image: string, judgement: Judgement): void {
    const { code, verdict, reason, message, remedies = [], hosts = [] } = judgement
    if (code === undefined || verdict === 'accepts' || verdict === 'unavailable') return
    // One code may have several reasons: a codec that is too new, and another one, need different remedies.
    const key = `${code} ${reason}`
    let cause = this.#causes.get(key)
    if (cause === undefined) {
      cause = { code, verdict, reason, remedies, images: 0, lastImage: '', hosts: new Set() }
      if (message !== undefined) cause.message = message
      this.#causes.set(key, cause)
    }
    if (cause.lastImage !== image) {
      cause.images++
      cause.lastImage = image
    }
    for (const host of hosts) cause.hosts.add(host)
  }

  /** The causes in lines of at most `width`, those of most images first. */
  lines(width: number): string[] {
    const sorted = [...this.#causes.values()].sort(
      (a, b) => b.images - a.images || (a.code < b.code ? -1 : 1),
    )
    return sorted.flatMap(cause => this.#describe(cause, width))
  }

  #describe({ code, images, hosts, reason, message, remedies }: Cause, width: number): string[] {
    const where = hosts.size > 0 ? `, ${plural(hosts.size, 'host')}` : ''
    const block = (label: string, text: string) =>
      wrap(printable(text), width - INDENT.length - label.length).map(
        (line, index) => INDENT + (index === 0 ? label : ' '.repeat(label.length)) + line,
      )
    return [
      `${code} (${plural(images, 'image')}${where})`,
      ...block('', reason),
      ...(message === undefined ? [] : block('log: ', message)),
      ...remedies.flatMap(remedy => block('do:  ', remedy)),
      '',
    ]
  }
}
