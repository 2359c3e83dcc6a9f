/** Asks single releases, as tests want to read it: unless they say otherwise, of builds that have everything. */
import type { Facts } from '../../src/facts/facts.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import {
  type BootModeName,
  type HostOptions,
  judge,
  judgeSpans,
  resolveTarget,
  type Verdict,
} from '../../src/xen/mod.ts'

export const ask = (
  facts: Facts,
  xen: string,
  mode: BootModeName,
  options: HostOptions = { build: FULL_BUILD },
): Verdict => judge(facts, resolveTarget(xen, options), mode)

/** `3.1.0-4.1.6.1 refuses, 4.2.0-4.22.0 accepts`: spans by verdict alone. */
export function outline(
  facts: Facts,
  mode: BootModeName,
  options: HostOptions = { build: FULL_BUILD },
): string {
  const parts: { since: string; until: string; verdict: string }[] = []
  for (const { since, until, verdict } of judgeSpans(facts, mode, options)) {
    const open = parts.at(-1)
    if (open?.verdict === verdict) open.until = until
    else parts.push({ since, until, verdict })
  }
  return parts
    .map(({ since, until, verdict }) => `${since === until ? since : `${since}-${until}`} ${verdict}`)
    .join(', ')
}
