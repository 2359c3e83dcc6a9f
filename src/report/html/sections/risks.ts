/**
 * What is fine today and will not stay so, what is fine nowhere, and hosts that take nothing new.
 * @module
 */
import type { Audit, UpgradeTrap } from '../../../findings/model.ts'
import { sentence } from '../../audit/summary.ts'
import { affects, type Names } from '../affects.ts'
import { countOf } from '../counts.ts'
import { html, type Markup } from '../markup.ts'
import { compareLabels } from '../series.ts'
import { modeWord } from '../words.ts'

/** Traps that one release sets for one reason. */
interface TrapGroup {
  release: string
  code: string
  reason: string
  traps: UpgradeTrap[]
}

function groupTraps({ traps, verdicts }: Audit): TrapGroup[] {
  const groups = new Map<string, TrapGroup>()
  for (const trap of traps) {
    const { code = '', reason } = verdicts[trap.verdict]!
    const key = `${trap.release} ${code}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { release: trap.release, code, reason, traps: [trap] })
    else group.traps.push(trap)
  }
  return [...groups.values()].sort(
    (a, b) =>
      compareLabels(a.release, b.release) || b.traps.length - a.traps.length || (a.code < b.code ? -1 : 1),
  )
}

const distinct = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b)

function trapItem({ release, code, reason, traps }: TrapGroup, audit: Audit, names: Names): Markup {
  const kernels = distinct(traps.map(({ kernel }) => kernel))
  const builds = distinct(traps.map(({ build }) => build))
  const modes = audit.modes.filter(mode => traps.some(trap => trap.mode === mode))
  return html`
<li><h3>Refused from <bdi>${release}</bdi> on</h3>
<p>${sentence(reason)}</p>
<p class="code">${code !== '' && html`Cause <code>${code}</code> · `}${modes.map(mode => modeWord[mode]).join(', ')}</p>
<div class="reaches">${affects('kernels', kernels, names)}${affects('builds', builds, names)}</div></li>`
}

export function trapsSection(audit: Audit, names: Names): Markup | false {
  if (audit.traps.length === 0) return false
  const cells = countOf(audit.traps.length, 'cell')
  return html`<section id="traps" aria-labelledby="traps-title">
<h2 id="traps-title">One upgrade away from failing</h2>
<p class="note">These can start today, and a later release refuses them: ${cells} of the matrix, marked there with a corner.</p>
<ul class="risks">${groupTraps(audit).map(group => trapItem(group, audit, names))}</ul>
<p><button type="button" class="needs-script" data-traps>Show in the matrix</button></p>
</section>`
}

export function neverSafeSection(audit: Audit, names: Names): Markup | false {
  if (audit.neverSafe.length === 0) return false
  return html`<section id="never" aria-labelledby="never-title">
<h2 id="never-title">Kernels that nothing takes</h2>
<p class="note">No build of this fleet takes them in any boot mode that was asked.</p>
${affects('kernels', audit.neverSafe, names)}
</section>`
}

export function stuckSection(audit: Audit, names: Names): Markup | false {
  if (audit.stuck.length === 0) return false
  const hosts = audit.stuck.reduce((sum, build) => sum + audit.builds[build]!.hosts.length, 0)
  return html`<section id="stuck" aria-labelledby="stuck-title">
<h2 id="stuck-title">Builds that can run nothing new</h2>
<p class="note">They refuse every kernel that any build of the fleet refuses: ${countOf(hosts, 'host')}.</p>
${affects('builds', audit.stuck, names)}
</section>`
}
