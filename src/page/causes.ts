/**
 * The list of causes: each has an address, and is copied as a table.
 * @module
 */
import { fromRanges } from '../report/html/runs.ts'
import { copyButtons } from './copy.ts'
import { fullName } from './full-name.ts'
import type { Model } from './model.ts'
import type { Table } from './table-text.ts'

const text = (element: Element | null) => (element?.textContent ?? '').trim().replace(/[ \n]+/g, ' ')

/** What the document says of a cause, with the names of all that have it. */
function causeTable({ data }: Model, cause: Element): Table {
  const all = (what: 'kernels' | 'builds') => {
    const ranges = cause.querySelector<HTMLElement>(`[data-what="${what}"]`)?.dataset.indices ?? ''
    return ranges === '' ? [] : fromRanges(ranges)
  }
  const part = (name: string, selector: string): string[][] =>
    [...cause.querySelectorAll(selector)].map(element => [name, text(element)])
  return [
    ['Part', 'Value'],
    ...part('Cause', 'h3'),
    ...part('Code', '.code code'),
    ...part('Reach', '.reach'),
    ...part('Reason', '.why > .reason'),
    ...part('In the log', '.log'),
    ...part('What to do', '.remedies > li'),
    [
      'Kernels',
      all('kernels')
        .map(kernel => fullName(data.kernels[kernel]!))
        .join(', '),
    ],
    [
      'Builds',
      all('builds')
        .map(build => data.builds[build]!.label)
        .join(', '),
    ],
  ]
}

/** Opens the cause that the address names, with the lists that it is in. */
export function openCause(address: string): void {
  if (!/^#cause-\d+$/.test(address)) return
  const cause = document.querySelector(address)
  if (cause === null) return
  for (let at = cause.parentElement; at !== null; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true
  }
  const details = cause.querySelector(':scope > details')
  if (details instanceof HTMLDetailsElement) details.open = true
  cause.scrollIntoView()
}

/** Gives each cause its buttons when it is opened. */
export function startCauses(model: Model): void {
  for (const reaches of document.querySelectorAll('.cause-body > .reaches')) {
    const cause = reaches.closest('li')!
    reaches.append(copyButtons('this cause', () => causeTable(model, cause)))
  }
}
