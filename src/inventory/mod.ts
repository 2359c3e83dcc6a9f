/**
 * Inventories of hypervisors.
 * @module
 */

export { nearest } from '../document/nearest.ts'
export type { FileReading } from './adapters/adapter.ts'
export { ADAPTERS } from './adapters/registry.ts'
export { COLUMN_FIELDS, type ColumnField, type ColumnMap, parseColumnMap } from './columns.ts'
export * from './guest.ts'
export * from './host.ts'
export { type Inventory, type InventoryOptions, mergeInventories, parseInventory } from './inventory.ts'
export { isGlob, matchesName } from './name-glob.ts'
export {
  type InventoryProblem,
  type InventoryProblemCode,
  leftOut,
  problemLine,
} from './problem.ts'
export { inventorySchema } from './schema.ts'
