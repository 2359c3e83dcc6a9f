/**
 * xen-preflight as a library: kernels to facts, facts to verdicts, verdicts and a fleet to an audit.
 *
 * @example
 * import { createEngine, judge, openFile, readImage, resolveTarget } from 'xen-preflight'
 *
 * const source = openFile('fixtures/catalogue/linux-3.13-pvh')
 * const { facts } = readImage(createEngine('wasm'), source)
 * source.close()
 * judge(facts, resolveTarget('4.1.6.1'), 'pv-domU').verdict // 'refuses'
 * judge(facts, resolveTarget('4.2.0'), 'pv-domU').verdict // 'accepts'
 *
 * @module
 */
export type { Engine, EngineName } from './engine/engine.ts'
export * from './facts/facts.ts'
export { type AuditInput, audit, type Judge as AuditJudge } from './findings/audit.ts'
export type { CatalogueImage } from './findings/kernels.ts'
export type { Audit } from './findings/model.ts'
export { xenVerdicts } from './findings/xen-verdicts.ts'
export { createEngine } from './fleet/engines.ts'
export { FleetError } from './fleet/pool.ts'
export { type ScannedFile, type ScanOptions, scanFiles } from './fleet/scan-files.ts'
export type { Host, Placement, Pool } from './inventory/host.ts'
export { type Inventory, mergeInventories, parseInventory } from './inventory/inventory.ts'
export type { Problem, ProblemCode } from './problem.ts'
export { auditFormats } from './report/audit/formats.ts'
export { htmlReport } from './report/html/html.ts'
export { openFile } from './source/node/file.ts'
export { walk as walkPaths } from './source/node/walk.ts'
export { type Found, type OpenSource, type Source, SourceError } from './source/source.ts'
export { type ReadCost, type Reading, type ReadOptions, readImage } from './unwrap/read-image.ts'
export * from './xen/mod.ts'
