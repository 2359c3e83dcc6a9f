/**
 * What policy keeps out of the exit code: still in the matrix, with the reason that was given.
 * @module
 */
import type { Audit, Ignored } from '../../../findings/model.ts'
import { sentence } from '../../audit/summary.ts'
import { affects, type Names } from '../affects.ts'
import { countOf } from '../../audit/counts.ts'
import { html, type Markup } from '../markup.ts'
import { modeWord } from '../words.ts'

function ruleItem(cells: readonly Ignored[], { modes }: Audit, names: Names): Markup {
  const { reason, expires } = cells[0]!
  const of = (what: 'kernel' | 'build') => [...new Set(cells.map(cell => cell[what]))]
  const asked = modes.filter(mode => cells.some(cell => cell.mode === mode)).map(mode => modeWord[mode])
  const until = expires === undefined ? 'does not expire' : `expires ${expires}`
  return html`
<li><p>${sentence(reason)}</p>
<p class="code">${countOf(cells.length, 'cell')} · ${asked.join(', ')} · ${until}</p>
<div class="reaches">${affects('kernels', of('kernel'), names)}${affects('builds', of('build'), names)}</div></li>`
}

/** Cells that one rule keeps out, by its reason. */
function rulesOf(ignored: readonly Ignored[]): Ignored[][] {
  const rules = new Map<string, Ignored[]>()
  for (const cell of ignored) {
    const key = JSON.stringify([cell.reason, cell.expires])
    const cells = rules.get(key)
    if (cells === undefined) rules.set(key, [cell])
    else cells.push(cell)
  }
  return [...rules.values()]
}

export function ignoredSection(audit: Audit, names: Names): Markup | false {
  const { ignored, expired } = audit
  if (ignored.length === 0 && expired.length === 0) return false
  const rules = rulesOf(ignored).map(cells => ruleItem(cells, audit, names))
  return html`<section id="ignored" aria-labelledby="ignored-title">
<h2 id="ignored-title">Ignored by policy</h2>
${rules.length > 0 && html`<ul class="risks">${rules}</ul>`}
${expired.length > 0 && html`<h3>Rules that have expired</h3><ul>${expired.map(rule => html`<li>${rule}</li>`)}</ul>`}
</section>`
}
