/**
 * What Markdown reports are made of: sections, lists that are cut, tables.
 * @module
 */
import type { Kernel } from '../../findings/model.ts'
import { plural } from '../../findings/plural.ts'
import { code } from './markdown-text.ts'
import { few, kernelName } from './names.ts'

/** Items and names in a list: a ticket holds 65,536 characters where it holds least (GitHub), and few people read as many. */
export const ITEMS = 20
const NAMES = 5

export const pageText = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')

/** Nothing where there is nothing in it. */
export const section = (title: string, body: readonly string[]): string[] =>
  body.length === 0 ? [] : ['', `## ${title}`, '', ...body]

/** The first items, each a line or more, and how many more there are. */
export function items<Item>(list: readonly Item[], draw: (item: Item) => string | string[]): string[] {
  const { shown, more } = few(list, ITEMS)
  return [...shown.flatMap(draw), ...(more > 0 ? [`- and ${more} more`] : [])]
}

/** The first names, and how many more there are. */
export function names(list: readonly string[]): string {
  const { shown, more } = few(list, NAMES)
  return shown.map(code).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** A kernel by its first image, and how many more there are of it. */
export function kernelText(kernel: Pick<Kernel, 'images'>): string {
  const more = kernel.images.length - 1
  return code(kernelName(kernel)) + (more > 0 ? ` and ${plural(more, 'more image')}` : '')
}

/** A table: the columns of `numbers` are aligned to the right. Cells are Markdown. */
export function table(
  {
    texts,
    numbers,
    notes = [],
  }: { texts: readonly string[]; numbers: readonly string[]; notes?: readonly string[] },
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [
    line([...texts, ...numbers, ...notes]),
    line([...texts.map(() => '---'), ...numbers.map(() => '---:'), ...notes.map(() => '---')]),
    ...rows.map(line),
  ]
}
