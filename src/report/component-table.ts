/**
 * What is known of a program beside Xen, for people.
 * @module
 */
import type { ComponentDescription, ComponentSpan } from '../xen/component-data.ts'
import type { TextSetter } from './text-setter.ts'

function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(item => (Array.isArray(item) ? String(item[0]) : String(item)))
    return items.length === 0 ? 'none' : items.join(', ')
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const spanText = ({ since, until, value }: ComponentSpan) =>
  `${since === until ? since : `${since} to ${until}`}: ${valueText(value)}`

export const componentTable = (
  { component, summary, versions, gates }: ComponentDescription,
  setter: TextSetter,
): string =>
  [
    ...setter.lines(`${component}: ${summary}`),
    ...setter.lines(`versions: ${versions.join(', ')}`),
    '',
    ...gates.flatMap(({ id, summary: what, spans, evidence }) => [
      id,
      ...setter.lines(what, 2),
      ...spans.flatMap(span => setter.lines(spanText(span), 4)),
      ...evidence.flatMap(({ ref, file, functions, commit }) =>
        setter.lines(
          [ref, file, functions.join(', '), commit ?? ''].filter(part => part !== '').join(' '),
          6,
        ),
      ),
      '',
    ]),
  ].join('\n')
