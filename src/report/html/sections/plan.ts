/**
 * The steps of a plan, in order.
 * @module
 */
import type { Audit, PlanStep } from '../../../findings/model.ts'
import { sentence } from '../../audit/summary.ts'
import { affects, type Names } from '../affects.ts'
import { countOf } from '../../audit/counts.ts'
import { WORTH_RULE, worthOf } from '../../audit/headline.ts'
import { html, type Markup } from '../markup.ts'
import { commandOf } from './effective.ts'

const ACTION: Record<PlanStep['action'], string> = {
  'upgrade-hosts': 'Upgrade hosts',
  'replace-kernel': 'Replace a kernel',
  'hold-hosts': 'Hold hosts back',
  'change-settings': 'Change a setting',
}

/** How many steps are in sight; a catalogue of odd kernels can need hundreds. */
const SHOWN = 20

function stepItem(audit: Audit, step: PlanStep, names: Names): Markup {
  const { action, text, hosts, guests, kernels, builds } = step
  const reach = [hosts > 0 && countOf(hosts, 'host'), guests > 0 && worthOf(audit, step)].filter(Boolean)
  return html`
<li><span class="action">${ACTION[action]}</span> <span class="reach">${reach.join(' · ')}</span>
<p>${sentence(text)}</p>${commandOf(step)}
<div class="reaches">${affects('kernels', kernels, names)}${affects('builds', builds, names)}</div></li>`
}

export function planSection(audit: Audit, names: Names): Markup | false {
  if (audit.plan.length === 0) return false
  const steps = audit.plan.map(step => stepItem(audit, step, names))
  const rule =
    audit.kind === 'audit' ? WORTH_RULE : 'Taken in this order, nothing that runs today stops in between'
  const more = html`<details class="more"><summary>${countOf(steps.length - SHOWN, 'more step')}</summary>
<ol class="steps" start="${SHOWN + 1}">${steps.slice(SHOWN)}</ol></details>`
  return html`<section id="plan" aria-labelledby="plan-title">
<h2 id="plan-title">Plan</h2>
<p class="note">${sentence(rule)}</p>
<ol class="steps">${steps.slice(0, SHOWN)}</ol>
${steps.length > SHOWN && more}
</section>`
}
