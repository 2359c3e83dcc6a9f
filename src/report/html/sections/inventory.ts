/**
 * What the inventory left out, and why.
 * @module
 */
import type { Audit } from '../../../findings/model.ts'
import type { InventoryProblem } from '../../../inventory/problem.ts'
import { countOf } from '../../audit/counts.ts'
import { html, type Markup } from '../markup.ts'
import { visible } from '../visible.ts'

/** A broken export can have a problem a line: the document names the first ones and counts the rest. */
const SHOWN = 500

const problemRow = ({ severity, file, line, field, message, leavesOut = 0 }: InventoryProblem) => html`
<tr><td><span class="severity-${severity}">${severity}</span></td>
<td class="where"><bdi>${visible(file)}</bdi>${line !== undefined && `:${line}`}</td>
<td class="where"><bdi>${visible(field ?? '')}</bdi></td>
<td>${message}</td><td class="number" data-label="Hosts left out">${leavesOut > 0 && leavesOut}</td></tr>`

function problemTable(problems: readonly InventoryProblem[]): Markup {
  const more = problems.length - SHOWN
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="problems-caption">
<table class="problems"><caption id="problems-caption">What is wrong with the inventory</caption>
<thead><tr><th scope="col">Severity</th><th scope="col">Where</th><th scope="col">Field</th>
<th scope="col">Problem</th><th scope="col" class="number">Hosts left out</th></tr></thead>
<tbody>${problems.slice(0, SHOWN).map(problemRow)}</tbody></table></div>
${more > 0 && html`<p class="note">And ${countOf(more, 'more problem')}: the JSON report has them all.</p>`}`
}

const bySeverity = (problems: readonly InventoryProblem[]) => [
  ...problems.filter(({ severity }) => severity === 'error'),
  ...problems.filter(({ severity }) => severity === 'warning'),
]

export function inventorySection({ inventory }: Audit): Markup {
  const { files, hosts, leftOut, reasons, problems } = inventory
  const from =
    files.length === 0
      ? 'no file'
      : files.map((file, index) => html`${index > 0 && ', '}<bdi>${visible(file)}</bdi>`)
  const left =
    leftOut > 0
      ? html`; <strong>${countOf(leftOut, 'host')} left out</strong>, and not judged here`
      : '; none left out'
  const why = Object.entries(reasons).map(
    ([code, count]) => html`<li><code>${code}</code> ${countOf(count, 'host')}</li>`,
  )
  return html`<section id="inventory" aria-labelledby="inventory-title">
<h2 id="inventory-title">Inventory</h2>
<p>${countOf(hosts, 'host')} from ${from}${left}.</p>
${why.length > 0 && html`<ul class="reasons">${why}</ul>`}
${problems.length > 0 && problemTable(bySeverity(problems))}
</section>`
}
