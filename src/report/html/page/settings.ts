/**
 * What the reader has asked the matrix to show.
 * @module
 */
import type { Look } from '../words.ts'
import type { Show } from './model.ts'

export type RowOrder = 'worst' | 'name' | 'by-cause' | 'by-layers' | 'by-guest'

export interface Settings {
  /** Index into the modes. */
  mode: number
  show: Show
  /** Only these looks; all where there is none. */
  looks: ReadonlySet<Look>
  /** Only this cause; empty for all. */
  cause: string
  /** Only what a later release refuses. */
  traps: boolean
  /** Only kernels that are to be added. */
  added: boolean
  /** Words that a kernel's name, images, layers or guest must hold, all of them. */
  kernel: string
  /** Words that a build's label, hosts or pools must hold, all of them. */
  build: string
  order: RowOrder
  /** One column a build, or one a series. */
  columns: 'builds' | 'series'
  /** Groups of rows that are folded. */
  folded: ReadonlySet<string>
}

export const defaults = (show: Show, added: boolean): Settings => ({
  mode: 0,
  show,
  added,
  looks: new Set(),
  cause: '',
  traps: false,
  kernel: '',
  build: '',
  order: 'worst',
  columns: 'builds',
  folded: new Set(),
})

/** True where cells are picked out, and not only rows or columns. */
export const picksCells = ({ looks, cause, traps }: Settings) => looks.size > 0 || cause !== '' || traps
