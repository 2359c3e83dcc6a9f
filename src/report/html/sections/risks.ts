/**
 * What is fine today and will not stay so, what is fine nowhere, and hosts that take nothing new.
 * @module
 */
import type { Audit, LaterRefusal } from '../../../findings/model.ts'
import { sentence } from '../../audit/summary.ts'
import { affects, type Names } from '../affects.ts'
import { countOf } from '../../audit/counts.ts'
import { html, type Markup } from '../markup.ts'
import { compareLabels } from '../series.ts'
import { modeWord } from '../words.ts'

/** Later refusals by one release for one reason. */
interface LaterRefusalGroup {
  release: string
  code: string
  reason: string
  laterRefusals: LaterRefusal[]
}

function groupLaterRefusals({ laterRefusals, verdicts }: Audit): LaterRefusalGroup[] {
  const groups = new Map<string, LaterRefusalGroup>()
  for (const laterRefusal of laterRefusals) {
    const { code = '', reason } = verdicts[laterRefusal.verdict]!
    const key = `${laterRefusal.release} ${code}`
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { release: laterRefusal.release, code, reason, laterRefusals: [laterRefusal] })
    else group.laterRefusals.push(laterRefusal)
  }
  return [...groups.values()].sort(
    (a, b) =>
      compareLabels(a.release, b.release) ||
      b.laterRefusals.length - a.laterRefusals.length ||
      (a.code < b.code ? -1 : 1),
  )
}

const distinct = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b)

function laterRefusalItem(
  { release, code, reason, laterRefusals }: LaterRefusalGroup,
  audit: Audit,
  names: Names,
): Markup {
  const kernels = distinct(laterRefusals.map(({ kernel }) => kernel))
  const builds = distinct(laterRefusals.map(({ build }) => build))
  const modes = audit.modes.filter(mode => laterRefusals.some(laterRefusal => laterRefusal.mode === mode))
  return html`
<li><h3>Refused from <bdi>${release}</bdi> on</h3>
<p>${sentence(reason)}</p>
<p class="code">${code !== '' && html`Cause <code>${code}</code> · `}${modes.map(mode => modeWord[mode]).join(', ')}</p>
<div class="reaches">${affects('kernels', kernels, names)}${affects('builds', builds, names)}</div></li>`
}

export function laterRefusalsSection(audit: Audit, names: Names): Markup | false {
  if (audit.laterRefusals.length === 0) return false
  const cells = countOf(audit.laterRefusals.length, 'cell')
  return html`<section id="later-refusals" aria-labelledby="later-refusals-title">
<h2 id="later-refusals-title">One upgrade away from failing</h2>
<p class="note">These can start today, and a later release refuses them: ${cells} of the matrix, marked there with a corner.</p>
<ul class="risks">${groupLaterRefusals(audit).map(group => laterRefusalItem(group, audit, names))}</ul>
<p><button type="button" class="needs-script" data-later-refusals>Show in the matrix</button></p>
</section>`
}

export function acceptedNowhereSection(audit: Audit, names: Names): Markup | false {
  if (audit.acceptedNowhere.length === 0) return false
  return html`<section id="accepted-nowhere" aria-labelledby="accepted-nowhere-title">
<h2 id="accepted-nowhere-title">Kernels that nothing takes</h2>
<p class="note">No build of this fleet takes them in any boot mode that was asked.</p>
${affects('kernels', audit.acceptedNowhere, names)}
</section>`
}

export function outdatedBuildsSection(audit: Audit, names: Names): Markup | false {
  if (audit.outdatedBuilds.length === 0) return false
  const hosts = audit.outdatedBuilds.reduce((sum, build) => sum + audit.builds[build]!.hosts.length, 0)
  return html`<section id="outdated-builds" aria-labelledby="outdated-builds-title">
<h2 id="outdated-builds-title">Builds that can run nothing new</h2>
<p class="note">They refuse every kernel that any build of the fleet refuses: ${countOf(hosts, 'host')}.</p>
${affects('builds', audit.outdatedBuilds, names)}
</section>`
}
