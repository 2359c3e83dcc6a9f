/**
 * Names of kernels and builds as elements. Their reading direction stays their own.
 * @module
 */
import type { PageKernel } from '../report/html/data.ts'
import { h } from './dom.ts'

export const fullName = ({ lead, tail }: PageKernel) => lead + tail

/** Where room is short the directory is cut, not the file's name. */
export const kernelName = ({ lead, tail }: PageKernel) =>
  h(
    'span',
    { class: 'kernel-name' },
    lead !== '' && h('bdi', { class: 'lead' }, lead),
    h('bdi', { class: 'tail' }, tail),
  )

/** `1 host`, `12 hosts`. */
export const count = (number: number, one: string, many = `${one}s`) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
