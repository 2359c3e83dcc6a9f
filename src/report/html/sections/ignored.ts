/**
 * What policy keeps out of the exit code: still in the matrix, with the reason that was given.
 * @module
 */
import type { Audit, Ignored } from '../../../findings/model.ts'
import { affects, type Names } from '../affects.ts'
import { html, type Markup } from '../markup.ts'
import { countOf } from '../names.ts'
import { modeWord } from '../words.ts'

function ruleItem(cells: readonly Ignored[], { modes }: Audit, names: Names): Markup {
  const { reason, expires } = cells[0]!
  const of = (what: 'kernel' | 'build') => [...new Set(cells.map(cell => cell[what]))]
  const asked = modes.filter(mode => cells.some(cell => cell.mode === mode)).map(mode => modeWord[mode])
  return html`<li><p>${reason}</p><p class="code">${countOf(cells.length, 'cell')} · ${asked.join(', ')} · ${expires === undefined ? 'does not expire' : `expires ${expires}`}</p><div class="reaches">${affects('kernels', of('kernel'), names)}${affects('builds', of('build'), names)}</div></li>`
}

export function ignoredSection(audit: Audit, names: Names): Markup | false {
  const { ignored, expired } = audit
  if (ignored.length === 0 && expired.length === 0) return false
  const rules = new Map<string, Ignored[]>()
  for (const cell of ignored) {
    const key = JSON.stringify([cell.reason, cell.expires])
    const cells = rules.get(key)
    if (cells === undefined) rules.set(key, [cell])
    else cells.push(cell)
  }
  return html`<section id="ignored" aria-labelledby="ignored-title"><h2 id="ignored-title">Ignored by policy</h2>${ignored.length > 0 && html`<ul class="risks">${[...rules.values()].map(cells => ruleItem(cells, audit, names))}</ul>`}${expired.length > 0 && html`<h3>Rules that have expired</h3><ul>${expired.map(rule => html`<li>${rule}</li>`)}</ul>`}</section>`
}
