/** What readers of containers get beside their bytes: a budget, an engine for packed blocks, and files that are named. */
import type { Engine } from '../engine/engine.ts'
import type { Source } from '../source/source.ts'
import { type BlockCodec, BlockError, decodeBlock } from '../unwrap/block.ts'
import type { Budget } from './budget.ts'
import { ContainerError } from './container-error.ts'

/** An engine that nobody else uses, for a stream that is unpacked bit by bit. */
export interface EngineLease {
  readonly engine: Engine
  /** Gives it back. What was unpacked in its memory is not there any more. */
  release(): void
}

/** A file that a container named. */
export interface NamedFile {
  source: Source
  /** Finds the files that this one names, from its own directory on. */
  files: FileResolver
}

/** Finds the files that a container names, such as the backing file of a qcow2 image. */
export interface FileResolver {
  /** Tells the file that names others from every other file, whatever name leads to it. */
  readonly identity: string
  /**
   * Opens the file of that name for the `layer` that says it at `offset`. Throws a ContainerError (`backing-outside`,
   * `backing-missing`), and has read nothing of the file then.
   */
  open(name: string, layer: string, offset?: number): NamedFile
}

/** A format of disks, by the name that this program has for it. */
export type DeclaredFormat = 'raw' | 'qcow2' | 'vhd' | 'vhdx' | 'vmdk'

export interface ContainerContext {
  readonly budget: Budget
  /** For decodeBlock, which keeps nothing in it between two calls. */
  readonly engine: Engine
  /** An engine for one stream: a stream within another one needs its own. */
  lease(): EngineLease
  readonly files: FileResolver
  /** The identities of the files that led here by naming each other. */
  readonly lineage: readonly string[]
  /** Other devices of the file system that is opened next: parts of the same disk. */
  readonly peers?: readonly Source[]
  /** What the store says that a source is: it is taken for nothing else. */
  readonly declared?: { readonly source: Source; readonly format: DeclaredFormat }
  /** Takes what is to be known of the state of a layer: one sentence. */
  remark(sentence: string): void
}

/** Refuses every file: for sources without a place, such as a file that was dropped on a page. */
export const NO_FILES: FileResolver = {
  identity: '',
  open(name, layer, offset) {
    const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} names: this image is read without other files`
    throw new ContainerError('backing-outside', layer, message, offset)
  },
}

/** The same context with something else in it. The engine is made when it is asked for. */
const derived = (
  context: ContainerContext,
  changes: Partial<Omit<ContainerContext, 'budget' | 'engine' | 'lease'>>,
): ContainerContext => ({
  budget: context.budget,
  get engine() {
    return context.engine
  },
  lease: context.lease,
  files: context.files,
  lineage: context.lineage,
  remark: context.remark,
  ...changes,
})

/**
 * For what a guest wrote, and for files in containers: what such bytes name are no files beside the container. They are
 * read without them.
 */
export const insideContext = (context: ContainerContext): ContainerContext =>
  derived(context, { files: NO_FILES, lineage: [] })

/** For a file system that has other devices too. */
export const withPeers = (context: ContainerContext, peers: readonly Source[] = []): ContainerContext =>
  peers.length === 0 ? context : derived(context, { peers })

/** Gives what is remarked to somebody else. */
export const withRemark = (context: ContainerContext, remark: ContainerContext['remark']): ContainerContext =>
  derived(context, {
    ...(context.declared !== undefined && { declared: context.declared }),
    ...(context.peers !== undefined && { peers: context.peers }),
    remark,
  })

/** Files that name each other, at most. QEMU has no limit; a chain of snapshots is merged long before. */
const MAX_LINEAGE = 64

/** A file that `layer` names at `offset`, and the context for its reader. Throws a ContainerError, also for a loop. */
export function openNamed(
  context: ContainerContext,
  name: string,
  layer: string,
  offset?: number,
): { source: Source; context: ContainerContext } {
  const lineage = [...context.lineage, context.files.identity]
  if (lineage.length > MAX_LINEAGE) {
    const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} names: more than ${MAX_LINEAGE} files name each other`
    throw new ContainerError('container-limit', layer, message, offset)
  }
  const { source, files } = context.files.open(name, layer, offset)
  if (lineage.includes(files.identity)) {
    const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} names: the files name each other in a circle`
    throw new ContainerError('container-corrupt', layer, message, offset)
  }
  return { source, context: derived(context, { files, lineage }) }
}

/** Unpacks a block of `layer` that lies at `offset`, as decodeBlock does. Throws a ContainerError. */
export function unpackBlock(
  { engine, budget }: Pick<ContainerContext, 'engine' | 'budget'>,
  layer: string,
  codec: BlockCodec,
  bytes: Uint8Array,
  maxOutput: number,
  offset: number,
): Uint8Array<ArrayBuffer> {
  budget.step(layer, offset)
  try {
    return decodeBlock(engine, codec, bytes, maxOutput)
  } catch (error) {
    if (!(error instanceof BlockError)) throw error
    const code = error.code === 'stream-truncated' ? 'container-truncated' : 'container-corrupt'
    const message = `Cannot unpack the ${codec} block of the ${layer} at 0x${offset.toString(16)}: ${error.message}`
    throw new ContainerError(code, layer, message, offset)
  }
}
