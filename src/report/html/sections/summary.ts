/**
 * What one glance must tell: one sentence, the counts, and all answers as one bar.
 * @module
 */
import type { Audit, Change } from '../../../findings/model.ts'
import type { VerdictWord } from '../../../xen/verdict.ts'
import { headline } from '../../audit/headline.ts'
import { baselineLine, guestLines, sentence, unitRemark, verdictCounts } from '../../audit/summary.ts'
import { bar, type Shares, sharesText } from '../bar.ts'
import { countOf, groupDigits } from '../../audit/counts.ts'
import { html, type Markup } from '../markup.ts'
import { tallyAll } from '../tally.ts'
import { type Look, lookSign, lookWord } from '../words.ts'
import { charts } from './charts.ts'
import { effectiveSteps } from './effective.ts'

/** The sign is a button of the matrix's filter, where the script runs. */
const lookTile = (look: Look, count: number) => html`
<li class="tile look-${look}${count === 0 && ' none'}"><a href="#matrix" data-look="${look}">
<span class="sign" aria-hidden="true">${lookSign[look]}</span>
<b>${groupDigits(count)}</b> <span>${lookWord[look]}</span>
</a></li>`

const fleetTile = (href: string, count: number, word: string, note: string) => html`
<li class="tile fleet"><a href="${href}">
<b>${groupDigits(count)}</b> <span>${word}</span> <small>${note}</small>
</a></li>`

const CHANGES: readonly Change[] = ['breaks', 'still-broken', 'uncertain', 'fixed', 'still-fine']

/** A new kernel has no before: it is taken or it is not. */
const NEW: readonly (readonly [Look, Change])[] = [
  ['refuses', 'breaks'],
  ['uncertain', 'uncertain'],
  ['accepts', 'still-fine'],
]

const TILES: readonly VerdictWord[] = ['refuses', 'uncertain', 'accepts', 'unavailable', 'not-asked']

function answerTiles(audit: Audit): Markup[] {
  const { kind } = audit
  const { changes } = audit.counts
  if (changes === undefined) {
    const counts = new Map(verdictCounts(audit))
    return TILES.flatMap(look => (counts.has(look) ? [lookTile(look, counts.get(look)!)] : []))
  }
  return kind === 'add'
    ? NEW.map(([look, change]) => lookTile(look, changes[change]))
    : CHANGES.map(change => lookTile(change, changes[change]))
}

function tiles(audit: Audit): Markup {
  const { inventory, builds, kernels } = audit
  const hosts = builds.reduce((total, build) => total + build.hosts.length, 0)
  const images = kernels.reduce((total, kernel) => total + kernel.images.length, 0)
  const { leftOut } = inventory
  return html`<ul class="tiles">${answerTiles(audit)}
${fleetTile('#matrix', hosts, hosts === 1 ? 'host' : 'hosts', countOf(builds.length, 'build'))}
${fleetTile('#matrix', kernels.length, kernels.length === 1 ? 'kernel' : 'kernels', countOf(images, 'image'))}
${leftOut > 0 && fleetTile('#inventory', leftOut, leftOut === 1 ? 'host left out' : 'hosts left out', 'not judged')}
</ul>`
}

const labelled = (label: string, shares: Shares) => html`
<div class="labelled"><span>${label}</span>${bar(shares)}<small>${sharesText(shares)}</small></div>`

function whole(audit: Audit): Markup {
  const { today, after } = tallyAll(audit)
  if (after === undefined) return labelled(audit.kind === 'add' ? 'New' : 'All', today)
  return html`${labelled('Today', today)}${labelled('After', after)}`
}

export function summarySection(audit: Audit): Markup {
  const remark = unitRemark(audit)
  const baseline = baselineLine(audit)
  const guests = guestLines(audit)
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">At a glance</h2>
<p class="headline">${headline(audit)}</p>
${effectiveSteps(audit)}
${baseline !== undefined && html`<p>${sentence(baseline)}</p>`}
${tiles(audit)}${
  guests.length > 0 &&
  html`
<ul class="guests">${guests.map(line => html`<li>${line}</li>`)}</ul>`
}
${whole(audit)}
${charts(audit)}
<p class="note">${remark !== undefined && `${remark}, in every boot mode that was asked. `}Accepted means that the loader takes the kernel; whether the kernel then works is another question.</p>
</section>`
}
