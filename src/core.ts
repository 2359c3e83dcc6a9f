/**
 * The library without files: what runs in a browser as it runs in Node and Deno. Bytes to facts, facts to verdicts,
 * inventories and verdicts to an audit, an audit to reports.
 *
 * @example
 * import { createTypeScriptEngine, MemorySource, readImage } from 'xen-preflight/core'
 *
 * const { facts, problem } = readImage(createTypeScriptEngine(), new MemorySource(new Uint8Array(64)))
 * facts.kind // 'unknown'
 * problem.code // 'not-a-kernel'
 *
 * @module
 */
export type { Engine, EngineName } from './engine/engine.ts'
export { createTypeScriptEngine } from './engine/typescript.ts'
export { compileEngine, createWasmEngine, type EngineModule } from './engine/wasm.ts'
export * from './facts/mod.ts'
export { type AuditInput, audit } from './findings/audit.ts'
export type { AuditJudge } from './findings/audit-judge.ts'
export type { CatalogueImage } from './findings/kernels.ts'
export type { Audit } from './findings/model.ts'
export { xenVerdicts } from './findings/xen-verdicts.ts'
export type { Host, Placement, Pool } from './inventory/host.ts'
export { type Inventory, mergeInventories, parseInventory } from './inventory/inventory.ts'
export { addressOf, parseRecord, RecordError } from './record/parse.ts'
export type { AddressedRecord, ImageRecord } from './record/type.ts'
export { addressedJson, recordJson } from './record/write.ts'
export * from './report/mod.ts'
export { BlobSource, type Sliceable } from './source/blob.ts'
export { MemorySource, SliceSource } from './source/memory.ts'
export { type Found, type OpenSource, type Source, SourceError } from './source/source.ts'
export type { ImageReading, ReadCost, ReadOptions } from './unwrap/image-reading.ts'
export { readImage } from './unwrap/read-image.ts'
export * from './xen/mod.ts'
