/**
 * The steps of a plan, in order.
 * @module
 */
import type { Audit, PlanStep } from '../../../findings/model.ts'
import { affects, type Names } from '../affects.ts'
import { html, type Markup } from '../markup.ts'
import { countOf, type Unit, unitOf, unitWord } from '../names.ts'

const ACTION: Record<PlanStep['action'], string> = {
  'upgrade-hosts': 'Upgrade hosts',
  'replace-kernel': 'Replace a kernel',
  'hold-hosts': 'Hold hosts back',
}

function stepItem(
  { action, text, hosts, guests, kernels, builds }: PlanStep,
  unit: Unit,
  names: Names,
): Markup {
  const reach = [hosts > 0 && countOf(hosts, 'host'), guests > 0 && `${unitWord(unit, guests)} kept running`]
  return html`<li><span class="action action-${action}">${ACTION[action]}</span> <span class="reach">${reach.filter(part => part !== false).join(' · ')}</span><p>${text}</p><div class="reaches">${affects('kernels', kernels, names)}${affects('builds', builds, names)}</div></li>`
}

export function planSection(audit: Audit, names: Names): Markup | false {
  if (audit.plan.length === 0) return false
  const unit = unitOf(audit)
  return html`<section id="plan" aria-labelledby="plan-title"><h2 id="plan-title">Plan</h2><p class="note">Taken in this order, nothing that runs today stops in between.</p><ol class="steps">${audit.plan.map(step => stepItem(step, unit, names))}</ol></section>`
}
