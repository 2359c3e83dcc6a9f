/**
 * What one glance must tell: counts, and where the trouble is.
 * @module
 */
import type { Audit, Change } from '../../../findings/model.ts'
import { bar, type Shares, sharesText } from '../bar.ts'
import { html, type Markup } from '../markup.ts'
import { countOf, groupDigits, type Unit, unitOf, unitWord } from '../names.ts'
import { type SeriesTally, tallyAll, tallySeries } from '../tally.ts'
import { type Look, lookSign, lookWord } from '../words.ts'

const sum = (shares: Shares) => Object.values(shares).reduce((total, share) => total + share, 0)

const lookTile = (look: Look, count: number, word = lookWord[look]) =>
  html`<li class="tile look-${look}${count === 0 && ' none'}"><a href="#matrix" data-look="${look}"><span class="sign" aria-hidden="true">${lookSign[look]}</span><b>${groupDigits(count)}</b> <span>${word}</span></a></li>`

const fleetTile = (href: string, count: number, word: string, note: string) =>
  html`<li class="tile fleet"><a href="${href}"><b>${groupDigits(count)}</b> <span>${word}</span> <small>${note}</small></a></li>`

const CHANGES: readonly Change[] = ['breaks', 'still-broken', 'uncertain', 'fixed', 'still-fine']

function tiles(audit: Audit): Markup {
  const { counts, inventory, builds, kernels } = audit
  const answers =
    counts.changes === undefined
      ? (['refuses', 'uncertain', 'accepts', 'unavailable'] as const).map(look =>
          lookTile(look, counts[look]),
        )
      : CHANGES.map(change => lookTile(change, counts.changes![change]))
  const hosts = builds.reduce((total, build) => total + build.hosts.length, 0)
  const images = kernels.reduce((total, kernel) => total + kernel.images.length, 0)
  return html`<ul class="tiles">${answers}${fleetTile('#matrix', hosts, hosts === 1 ? 'host' : 'hosts', countOf(builds.length, 'build'))}${fleetTile('#matrix', kernels.length, kernels.length === 1 ? 'kernel' : 'kernels', countOf(images, 'image'))}${inventory.leftOut > 0 && fleetTile('#inventory', inventory.leftOut, inventory.leftOut === 1 ? 'host left out' : 'hosts left out', 'not judged')}</ul>`
}

/** The one sentence to read where there is time for one. */
function headline({ kind, to, counts }: Audit, unit: Unit): string {
  const total = counts.accepts + counts.refuses + counts.uncertain + counts.unavailable
  const { changes } = counts
  if (changes !== undefined) {
    const breaks = changes.breaks
    const change = kind === 'upgrade' ? `the upgrade to ${to ?? 'the new release'}` : 'the new kernels'
    const fixed = changes.fixed > 0 ? `; ${groupDigits(changes.fixed)} that are refused today will start` : ''
    if (kind === 'add') {
      return breaks === 0
        ? 'Every host that is asked takes the new kernels.'
        : `${unitWord(unit, breaks)} of ${groupDigits(sumOf(changes))} cannot start with ${change}.`
    }
    return breaks === 0
      ? `Nothing that runs today stops with ${change}${fixed}.`
      : `${unitWord(unit, breaks)} that can start today cannot start after ${change}${fixed}.`
  }
  if (counts.refuses === 0 && counts.uncertain === 0) {
    return `Every kernel starts where it is asked: ${unitWord(unit, counts.accepts)}.`
  }
  return `${groupDigits(counts.refuses)} of ${unitWord(unit, total)} cannot start today; ${groupDigits(counts.uncertain)} ${counts.uncertain === 1 ? 'is' : 'are'} uncertain.`
}

const sumOf = (changes: Record<Change, number>) => Object.values(changes).reduce((a, b) => a + b, 0)

const labelled = (label: string, shares: Shares) =>
  html`<div class="labelled"><span>${label}</span>${bar(shares)}<small>${sharesText(shares)}</small></div>`

function whole(audit: Audit): Markup {
  const { today, after } = tallyAll(audit)
  if (after === undefined || audit.kind === 'add') return labelled('All', after ?? today)
  return html`${labelled('Today', today)}${labelled(`After`, after)}`
}

const trouble = (shares: Shares) => (shares.refuses ?? 0) + (shares.uncertain ?? 0)

const percent = (shares: Shares) => {
  const total = sum(shares) - (shares.unavailable ?? 0)
  if (total === 0) return '–'
  const share = (trouble(shares) / total) * 100
  return share > 0 && share < 1 ? '<1 %' : `${Math.round(share)} %`
}

function seriesRow({ series, hosts, builds, today, after }: SeriesTally): Markup {
  const shares = after ?? today
  return html`<tr><th scope="row"><bdi>${series}</bdi></th><td class="number">${groupDigits(hosts)}</td><td class="number">${builds.length}</td><td class="bars">${bar(shares)}</td><td class="number">${percent(shares)}</td></tr>`
}

function bySeries(audit: Audit): Markup | false {
  const rows = tallySeries(audit)
  if (rows.length < 2) return false
  const when = audit.kind === 'upgrade' ? ' after the upgrade' : ''
  return html`<div class="chart"><h3 id="series-title">By Xen series${when}</h3><table class="series" aria-labelledby="series-title"><thead><tr><th scope="col">Series</th><th scope="col" class="number">Hosts</th><th scope="col" class="number">Builds</th><th scope="col">Answers</th><th scope="col" class="number">In doubt or refused</th></tr></thead><tbody>${rows.map(seriesRow)}</tbody></table></div>`
}

/** How many of the causes the picture shows; the section below has them all. */
const TOP_CAUSES = 10

function byCause({ causes }: Audit, unit: Unit): Markup | false {
  if (causes.length < 2) return false
  const most = Math.max(...causes.map(({ guests }) => guests), 1)
  const rows = causes
    .slice(0, TOP_CAUSES)
    .map(
      ({ verdict, title, guests }, index) =>
        html`<tr><th scope="row"><a href="#cause-${index + 1}"><bdi>${title}</bdi></a></th><td class="bars">${bar({ [verdict]: guests }, most)}</td><td class="number">${groupDigits(guests)}</td></tr>`,
    )
  return html`<div class="chart"><h3 id="by-cause-title">By cause</h3><table class="by-cause" aria-labelledby="by-cause-title"><thead><tr><th scope="col">Cause</th><th scope="col">${unit === 'guests' ? 'Guests' : 'Combinations'}</th><th scope="col" class="number">Count</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

export function summarySection(audit: Audit): Markup {
  const unit = unitOf(audit)
  const explained =
    unit === 'guests'
      ? 'Counts are guests: images that are placed on a host.'
      : 'The inventory places no images, so every image is asked on every host: a combination is one image on one host in one boot mode.'
  return html`<section id="summary" aria-labelledby="summary-title"><h2 id="summary-title">At a glance</h2><p class="headline">${headline(audit, unit)}</p>${tiles(audit)}${whole(audit)}<div class="charts">${bySeries(audit)}${byCause(audit, unit)}</div><p class="note">${explained} Accepted means that the loader takes the kernel; whether the kernel then works is another question.</p></section>`
}
