/**
 * The cause of each verdict.
 * @module
 */
import { causeTitle } from '../../findings/cause-codes.ts'
import { causeKey } from '../../findings/causes.ts'
import type { Audit, FullVerdict } from '../../findings/model.ts'
import { orderedCauses } from '../audit/summary.ts'
import type { PageCause } from './data.ts'
import { visible, visibleLines } from './visible.ts'

export class CauseTable {
  /** The causes of the audit in their order, then those of verdicts that the audit does not count. */
  readonly causes: PageCause[] = []
  readonly #indices = new Map<string, number>()

  constructor(audit: Audit) {
    for (const cause of orderedCauses(audit)) this.#add(causeKey(cause), cause)
  }

  /** Undefined where nothing is refused and nothing in doubt. */
  indexOf({ verdict, code, title, reason }: FullVerdict): number | undefined {
    if (code === undefined || (verdict !== 'refuses' && verdict !== 'uncertain')) return undefined
    const key = causeKey({ verdict, code, reason })
    return this.#indices.get(key) ?? this.#add(key, { code, reason, title: title ?? causeTitle(code) })
  }

  #add(key: string, { code, title, reason }: PageCause): number {
    this.#indices.set(key, this.causes.length)
    return this.causes.push({ code, title: visible(title), reason: visibleLines(reason) }) - 1
  }
}
