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
export * from './core.ts'
export { createEngine } from './fleet/engines.ts'
export { FleetError } from './fleet/pool.ts'
export { type ScannedFile, type ScanOptions, scanFiles } from './fleet/scan-files.ts'
export { openFile } from './source/node/file.ts'
export { walk as walkPaths } from './source/node/walk.ts'
