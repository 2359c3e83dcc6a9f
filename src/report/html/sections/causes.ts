/**
 * The causes of refusals and doubts, worst first, each with what can be done about it.
 * @module
 */
import type { Audit, Cause } from '../../../findings/model.ts'
import { counted, countOf } from '../../audit/counts.ts'
import { isOld, orderedCauses, sentence } from '../../audit/summary.ts'
import { type LogRow, logRows, noiseMark } from '../../log-text.ts'
import { commonRemedyText } from '../../remedy-lines.ts'
import { affects, type Names } from '../affects.ts'
import { bar } from '../bar.ts'
import { html, type Markup } from '../markup.ts'
import { lookSign, lookWord } from '../words.ts'

/** How many of the worst are open at first. */
const OPEN = 3

/** How many are in sight; a catalogue of odd kernels can have hundreds. */
const SHOWN = 20

const lineOf = (row: LogRow, index: number) =>
  html`${index > 0 && '\n'}${row.text}${row.isNoise && html` <small>${noiseMark(row).trim()}</small>`}`

function causeItem(audit: Audit, cause: Cause, index: number, most: number, names: Names): Markup {
  const { code, verdict, title, reason, log: logged, cure, remedies, kernels, builds, hosts, guests } = cause
  const reach = [
    guests === 0 && isOld(audit, cause) ? 'as before' : counted(audit, guests),
    countOf(kernels.length, 'kernel'),
    countOf(builds.length, 'build'),
    countOf(hosts, 'host'),
  ]
  const rows = logRows(logged)
  const log =
    rows.length === 0
      ? html`<p>${logged?.silent === undefined ? 'No line in the log is known for it: the loader may be silent.' : sentence(logged.silent)}</p>`
      : html`<pre class="log"><code>${rows.map(lineOf)}</code></pre>${logged?.silent !== undefined && html`<p>${sentence(logged.silent)}</p>`}`
  const cures =
    remedies.length === 0
      ? html`<p>Nothing is known.</p>`
      : html`<ol class="remedies">${remedies.map(remedy => html`<li>${commonRemedyText(remedy)}</li>`)}</ol>`
  return html`
<li id="cause-${index + 1}"><details class="cause"${index < OPEN && html` open`}>
<summary><span class="badge look-${verdict}"><span aria-hidden="true">${lookSign[verdict]}</span> ${lookWord[verdict]}</span>
<h3><bdi>${title}</bdi></h3><span class="reach">${reach.join(' · ')}</span>${bar({ [verdict]: guests }, most)}
<span class="why"><span class="reason">${sentence(reason)}</span>${cure !== undefined && html` <span class="cure">${sentence(cure)}</span>`}</span></summary>
<div class="cause-body">
<div><h4>In the log</h4>${log}<p class="code">Cause <code>${code}</code></p></div>
<div><h4>What to do</h4>${cures}</div>
<div class="reaches">${affects('kernels', kernels, names)}${affects('builds', builds, names)}
<button type="button" class="needs-script" data-cause="${index}">Show in the matrix</button></div>
</div></details></li>`
}

const NOTHING = html`<p>No kernel is refused, and none is in doubt.</p>`

export function causesSection(audit: Audit, names: Names): Markup {
  const causes = orderedCauses(audit)
  const most = Math.max(...causes.map(({ guests }) => guests), 1)
  const list = causes.map((cause, index) => causeItem(audit, cause, index, most, names))
  const more = html`<details class="more"><summary>${countOf(list.length - SHOWN, 'more cause')}</summary>
<ol class="causes" start="${SHOWN + 1}">${list.slice(SHOWN)}</ol></details>`
  const told = html`<p class="note">Worst first; each cause is told once, with what the tenant can do before what the host can, and the cheapest first.</p>
<ol class="causes">${list.slice(0, SHOWN)}</ol>
${list.length > SHOWN && more}`
  return html`<section id="causes" aria-labelledby="causes-title">
<h2 id="causes-title">Causes and remedies</h2>
${causes.length === 0 ? NOTHING : told}
</section>`
}
