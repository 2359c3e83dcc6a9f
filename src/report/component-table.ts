/**
 * What is known of a program beside Xen, for people.
 * @module
 */
import type { ComponentDescription, ComponentSpan } from '../xen/component-data.ts'
import { fold } from './fit.ts'
import { WIDTH } from './text.ts'

const indented = (text: string, indent: number) =>
  fold(text, WIDTH - indent).map(line => ' '.repeat(indent) + line)

function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(item => (Array.isArray(item) ? String(item[0]) : String(item)))
    return items.length === 0 ? 'none' : items.join(', ')
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const spanText = ({ since, until, value }: ComponentSpan) =>
  `${since === until ? since : `${since} to ${until}`}: ${valueText(value)}`

export const componentTable = ({ component, summary, versions, gates }: ComponentDescription): string =>
  [
    ...fold(`${component}: ${summary}`, WIDTH),
    ...fold(`versions: ${versions.join(', ')}`, WIDTH),
    '',
    ...gates.flatMap(({ id, summary: what, spans, evidence }) => [
      id,
      ...indented(what, 2),
      ...spans.flatMap(span => indented(spanText(span), 4)),
      ...evidence.flatMap(({ ref, file, functions, commit }) =>
        indented([ref, file, functions.join(', '), commit ?? ''].filter(part => part !== '').join(' '), 6),
      ),
      '',
    ]),
  ].join('\n')
