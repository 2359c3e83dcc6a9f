/**
 * The steps of a plan, in order.
 * @module
 */
import type { Audit, PlanStep } from '../../../findings/model.ts'
import { sentence } from '../../audit/summary.ts'
import { affects, type Names } from '../affects.ts'
import { counted, countOf } from '../counts.ts'
import { html, type Markup } from '../markup.ts'

const ACTION: Record<PlanStep['action'], string> = {
  'upgrade-hosts': 'Upgrade hosts',
  'replace-kernel': 'Replace a kernel',
  'hold-hosts': 'Hold hosts back',
}

function stepItem(audit: Audit, step: PlanStep, names: Names): Markup {
  const { action, text, hosts, guests, kernels, builds } = step
  const what = action === 'upgrade-hosts' ? 'fixed' : 'kept running'
  const reach = [hosts > 0 && countOf(hosts, 'host'), guests > 0 && `${counted(audit, guests)} ${what}`]
  return html`
<li><span class="action">${ACTION[action]}</span> <span class="reach">${reach.filter(Boolean).join(' · ')}</span>
<p>${sentence(text)}</p>
<div class="reaches">${affects('kernels', kernels, names)}${affects('builds', builds, names)}</div></li>`
}

export function planSection(audit: Audit, names: Names): Markup | false {
  if (audit.plan.length === 0) return false
  return html`<section id="plan" aria-labelledby="plan-title">
<h2 id="plan-title">Plan</h2>
<p class="note">Taken in this order, nothing that runs today stops in between.</p>
<ol class="steps">${audit.plan.map(step => stepItem(audit, step, names))}</ol>
</section>`
}
