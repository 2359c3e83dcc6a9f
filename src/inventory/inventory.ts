/**
 * Inventories: what hosts there are, which Xen each runs, and what is placed where. Text in, plain
 * objects out; reading the files is up to others.
 * @module
 */
import type { ColumnMap } from './columns.ts'
import { readText } from './read-text.ts'
import { type Inventory, resolve } from './resolve.ts'

export type { Inventory } from './resolve.ts'

export interface InventoryOptions {
  /** The columns of CSV files and of lists of JSON objects. */
  columns?: ColumnMap
}

/**
 * Reads the inventory in `text`. The format is chosen by content; `file` is for messages, and names the host
 * where the text does not. Never throws: what is wrong with the text is in `problems`.
 *
 * @example
 * const { hosts } = parseInventory('hosts:\n  - {name: xen01, xen: 4.1.6.1}\n', 'inventory.yaml')
 * hosts[0].xen // '4.1.6.1'
 */
export function parseInventory(text: string, file: string, options: InventoryOptions = {}): Inventory {
  return resolve([readText(text, file, options.columns)])
}

/**
 * One inventory of several. Hosts of one name become one: what one inventory lacks is taken from another, and
 * where they differ, both are named and the first one wins.
 */
export function mergeInventories(inventories: readonly Inventory[]): Inventory {
  return resolve(inventories.flatMap(({ readings }) => readings))
}
