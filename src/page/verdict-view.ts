/**
 * A verdict with all that it rests on.
 * @module
 */
import type { PageEvidence, PageLog, PageVerdict } from '../report/html/data.ts'
import { stageWord } from '../report/html/words.ts'
import { NOISE } from '../report/log-text.ts'
import { badge } from './badge.ts'
import { type Child, h } from './dom.ts'
import type { Model } from './model.ts'
import { count } from './names.ts'

const list = (kind: 'ol' | 'ul', items: readonly string[]) =>
  h(kind, {}, ...items.map(item => h('li', {}, item)))

function evidenceItem(
  model: Model,
  { gate, summary, history, sources, advisory }: PageEvidence,
): HTMLElement {
  const security = model.text(advisory)
  return h(
    'li',
    {},
    h('code', {}, model.text(gate)),
    security !== '' && h('span', { class: 'tag' }, security),
    h('p', {}, model.text(summary)),
    model.text(history) !== '' && h('p', { class: 'note' }, model.text(history)),
    sources.length > 0 &&
      h(
        'details',
        { class: 'sources' },
        h('summary', {}, count(sources.length, 'source')),
        h('ul', {}, ...sources.map(source => h('li', {}, h('code', {}, model.text(source))))),
      ),
  )
}

/** The lines of the log in order, and what is to be known of them. */
function logParts(model: Model, log: PageLog | undefined): Node[] {
  if (log === undefined) return []
  const { lines, noise = [], silent } = log
  const lineOf = (line: number, index: number): Child[] => [
    index > 0 && '\n',
    model.text(line),
    noise.includes(line) && h('small', {}, NOISE),
  ]
  const remark =
    silent !== undefined
      ? model.text(silent)
      : lines.length === 0
        ? 'No log line of the loader is known for this: it may be silent'
        : undefined
  return [
    ...(lines.length > 0
      ? [h('h3', {}, 'In the log'), h('pre', { class: 'log' }, h('code', {}, ...lines.flatMap(lineOf)))]
      : []),
    ...(remark === undefined ? [] : [h('p', { class: 'note' }, `${remark}.`)]),
  ]
}

/** `heading` says which answer this is, where there are two. */
export function verdictView(model: Model, verdict: PageVerdict, heading?: string): HTMLElement {
  const { stage, code, log, reason, remedies, assumptions, evidence } = verdict
  const parts: (Node | false)[] = [
    h(
      'p',
      { class: 'answer' },
      heading !== undefined && h('strong', {}, `${heading} `),
      badge(verdict.verdict),
      code !== undefined && h('code', {}, code),
      stage !== undefined && h('small', {}, `stops while ${stageWord[stage]}`),
    ),
    h('p', { class: 'reason' }, model.text(reason)),
  ]
  parts.push(...logParts(model, verdict.verdict === 'refuses' ? (log ?? { lines: [] }) : log))
  const texts = (indices: readonly number[]) => indices.map(index => model.text(index))
  if (remedies.length > 0) parts.push(h('h3', {}, 'What to do'), list('ol', texts(remedies)))
  if (assumptions.length > 0) parts.push(h('h3', {}, 'Rests on'), list('ul', texts(assumptions)))
  if (evidence.length > 0) {
    const items = evidence.map(index => evidenceItem(model, model.data.evidence[index]!))
    parts.push(h('h3', {}, 'Evidence'), h('ul', { class: 'evidence' }, ...items))
  }
  return h('div', { class: 'verdict' }, ...parts)
}
