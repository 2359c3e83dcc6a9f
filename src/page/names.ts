/**
 * Names of kernels and builds as elements. Their reading direction stays their own.
 * @module
 */
import type { PageKernel } from '../report/html/data.ts'
import { h } from './dom.ts'

/** Characters at the end of a name that are not cut off, and names that are short enough for any column. */
const END = 8
const SHORT = 14

/** Where room is short the directory is cut first, then the middle of the file's name. */
export function kernelName({ lead, tail }: PageKernel): HTMLElement {
  const cut = tail.length <= SHORT ? tail.length : tail.length - END
  return h(
    'span',
    { class: 'kernel-name' },
    lead !== '' && h('bdi', { class: 'lead' }, lead),
    h('bdi', { class: 'tail' }, tail.slice(0, cut)),
    cut < tail.length && h('bdi', { class: 'end' }, tail.slice(cut)),
  )
}

/** Characters of a label in the head of a column. */
const LABEL = 16

/** A label cut in the middle. */
export const shortLabel = (label: string): string =>
  label.length <= LABEL ? label : `${label.slice(0, LABEL - 8)}…${label.slice(-7)}`

/** `1 host`, `12 hosts`. */
export const count = (number: number, one: string, many = `${one}s`) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
