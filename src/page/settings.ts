/**
 * What the reader has asked the matrix to show.
 * @module
 */
import type { Look } from '../report/html/words.ts'
import type { Model, Show } from './model.ts'

export const ORDERS = ['worst', 'name', 'by-cause', 'by-layers', 'by-guest'] as const
export type RowOrder = (typeof ORDERS)[number]

export interface Settings {
  /** Index into the modes. */
  mode: number
  show: Show
  /** Only these looks; all where there is none. */
  looks: ReadonlySet<Look>
  /** Only this cause, by index. */
  cause: number | undefined
  /** Only what a later release refuses. */
  laterRefusals: boolean
  /** Only findings that the baseline does not have. */
  fresh: boolean
  /** Only kernels that are to be added. */
  added: boolean
  /** Words that a kernel's name, images, layers or guest must hold, all of them. */
  kernel: string
  /** Words that a build's label, hosts or pools must hold, all of them. */
  build: string
  order: RowOrder
  /** One column a build, or one a series. */
  columns: 'builds' | 'series'
  /** Kernels with the same answers are one row. */
  together: boolean
  /** Groups of rows that are folded. */
  folded: ReadonlySet<string>
  /** Rows of kernels with the same answers that are unfolded. */
  unfolded: ReadonlySet<string>
}

/** What the matrix shows at first: in an upgrade the boot mode in which most breaks, of new kernels only these. */
export const firstSettings = (model: Model): Settings => {
  const show = model.shows[0]!
  const breaks = model.countLook('breaks', show)
  return {
    mode: Math.max(0, breaks.indexOf(Math.max(...breaks))),
    show,
    added: model.data.kind === 'add',
    looks: new Set(),
    cause: undefined,
    laterRefusals: false,
    fresh: false,
    kernel: '',
    build: '',
    order: 'worst',
    columns: 'builds',
    together: true,
    folded: new Set(),
    unfolded: new Set(),
  }
}

/** True where cells are picked out, and not only rows or columns. */
export const picksCells = ({ looks, cause, laterRefusals, fresh }: Settings) =>
  looks.size > 0 || cause !== undefined || laterRefusals || fresh
