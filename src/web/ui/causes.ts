/** What is wrong with a kernel, and what can be done. */
import { badge } from '../../page/badge.ts'
import { h } from '../../page/dom.ts'
import type { CauseView } from '../messages.ts'
import { listText } from './words.ts'

/** Who refuses: `PV domU on 3.1.0 to 4.1.6.1, PV dom0 on 4.2.0`. */
function whereText({ where }: CauseView): string {
  const byWho = new Map<string, string[]>()
  for (const { who, since, until } of where) {
    byWho.set(who, [...(byWho.get(who) ?? []), since === until ? since : `${since} to ${until}`])
  }
  return [...byWho].map(([who, spans]) => `${who} on ${listText(spans)}`).join('; ')
}

/** The reason of a cause, what its logs show, and its remedies. */
export function causeBody({ reason, log, remedies }: CauseView): HTMLElement[] {
  const noise = new Set(log?.noise ?? [])
  const lines = (log?.lines ?? []).map(line =>
    h(
      'div',
      { class: noise.has(line) ? 'noise' : undefined },
      line,
      noise.has(line) && h('small', {}, ' means nothing'),
    ),
  )
  return [
    h('p', { class: 'reason' }, reason),
    ...(lines.length === 0
      ? []
      : [h('h4', {}, 'In the log'), h('div', { class: 'log where', translate: 'no' }, ...lines)]),
    ...(log?.silent === undefined ? [] : [h('p', { class: 'note' }, log.silent)]),
    ...(remedies.length === 0
      ? []
      : [
          h('h4', {}, 'What to do'),
          h(
            'ol',
            { class: 'remedies' },
            ...remedies.map(({ text, command }) =>
              h(
                'li',
                {},
                text,
                command !== undefined && ': ',
                command !== undefined && h('code', {}, command),
              ),
            ),
          ),
        ]),
  ]
}

/** All causes; the first is open. */
export function causesView(causes: readonly CauseView[]): HTMLElement {
  return h(
    'div',
    { class: 'causes' },
    ...causes.map((cause, index) =>
      h(
        'details',
        { class: 'cause', open: index === 0, 'data-code': cause.code },
        h(
          'summary',
          {},
          badge(cause.verdict),
          ' ',
          h('strong', {}, cause.title),
          h('span', { class: 'note' }, ` ${whereText(cause)}`),
        ),
        h('div', { class: 'body' }, ...causeBody(cause)),
      ),
    ),
  )
}
