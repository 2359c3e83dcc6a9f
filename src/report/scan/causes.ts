/**
 * What stands behind the verdicts of a scan, said once a cause and not once a row.
 * @module
 */
import type { Facts } from '../../facts/facts.ts'
import { remedyStem } from '../../findings/common-remedies.ts'
import { releaseIndex } from '../../xen/releases.ts'
import { resolveTarget } from '../../xen/target.ts'
import type { CauseCode } from '../../xen/verdict.ts'
import { Judge } from '../../xen/verdicts.ts'
import { plural, printable, wrap } from '../text.ts'
import type { Judgement } from './judgement.ts'

interface Cause {
  code: CauseCode
  reason: string
  /** As the newest build or release that was asked shows it. */
  log: readonly string[]
  silent?: string
  /** How many judgements name each remedy, of how many that name any. */
  remedies: Map<string, number>
  treated: number
  images: number
  /** The first of them, and the last that was counted. */
  names: string[]
  last: string
  hosts: Set<string>
  /** Where releases are asked: who shows it newest. */
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

const INDENT = '  '

/** The remedies that hold everywhere first; of the others is said how often they do. */
function remedyTexts({ remedies, treated }: Cause): string[] {
  const all = [...remedies].filter(([, count]) => count === treated)
  const some = [...remedies].filter(([, count]) => count < treated)
  return [
    ...all.map(([remedy]) => remedy),
    ...some.map(([remedy, count]) => `${remedy} (in ${count} of ${treated} cases)`),
  ]
}

/** Gathers the causes of refusals and doubts; its size depends on the number of causes alone. */
export class Causes {
  readonly #causes = new Map<string, Cause>()

  /** @param facts Of the image; only called for the few that a cause is told by. */
  add(image: string, judgement: Judgement, facts: () => Facts): void {
    const { code, verdict, reason, message, log, remedies = [], hosts = [] } = judgement
    if (code === undefined || verdict === 'accepts' || verdict === 'unavailable') return
    // One code may have several reasons: two codecs that are too new need different remedies. Side by side, what the
    // toolstack and the hypervisor say of the same thing is one.
    const key = `${code} ${reason.replace(/toolstack|hypervisor/g, 'side')}`
    let cause = this.#causes.get(key)
    if (cause === undefined) {
      cause = {
        ...{ code, reason, log: [], remedies: new Map(), treated: 0 },
        ...{ images: 0, names: [], last: '', hosts: new Set() },
      }
      this.#causes.set(key, cause)
    }
    cause.log = log?.lines ?? (message === undefined ? cause.log : [message])
    if (log?.silent !== undefined) cause.silent = log.silent
    if (remedies.length > 0) cause.treated++
    for (const remedy of new Set(remedies.map(remedyStem))) {
      cause.remedies.set(remedy, (cause.remedies.get(remedy) ?? 0) + 1)
    }
    if (cause.last !== image) {
      cause.images++
      cause.last = image
      if (cause.names.length < NAMED) cause.names.push(image)
    }
    for (const host of hosts) cause.hosts.add(host)
    const index = judgement.until === undefined ? -1 : releaseIndex(judgement.until)!
    if (index > (cause.newest?.index ?? -1)) cause.newest = { facts, judgement, index }
  }

  /** The causes in lines of at most `width`, those of most images first. */
  lines(width: number): string[] {
    const sorted = [...this.#causes.values()].sort(
      (a, b) => b.images - a.images || (a.code < b.code ? -1 : 1),
    )
    return sorted.flatMap(cause => this.#describe(cause, width))
  }

  #describe(cause: Cause, width: number): string[] {
    const { code, images, names, hosts, reason, newest } = cause
    const { log, silent, todo } = newest === undefined ? { ...cause, todo: remedyTexts(cause) } : tell(newest)
    const where = hosts.size > 0 ? `, ${plural(hosts.size, 'host')}` : ''
    const block = (label: string, text: string) =>
      wrap(printable(text), width - INDENT.length - label.length).map(
        (line, index) => INDENT + (index === 0 ? label : ' '.repeat(label.length)) + line,
      )
    return [
      `${code} (${plural(images, 'image')}${where})`,
      ...block('', reason),
      ...block(
        'in:  ',
        names.join(', ') + (images > names.length ? ` and ${images - names.length} more` : ''),
      ),
      ...log.flatMap(line => block('log: ', line)),
      ...(silent === undefined ? [] : block('     ', silent)),
      ...todo.flatMap(remedy => block('do:  ', remedy)),
      '',
    ]
  }
}

/** A span of releases says only that it refuses: its last release is asked for the rest, once a cause. */
function tell({ facts, judgement }: Example): Pick<Cause, 'log' | 'silent'> & { todo: string[] } {
  const { remedies, log } = new Judge(facts()).verdict(resolveTarget(judgement.until!), judgement.mode)
  return {
    log: log?.lines ?? (judgement.message === undefined ? [] : [judgement.message]),
    ...(log?.silent !== undefined && { silent: log.silent }),
    todo: remedies.map(({ text }) => text),
  }
}
