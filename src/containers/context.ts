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
  /** Tells it from other files, whatever name leads to it. */
  identity: string
  /** Finds the files that this one names. */
  resolver: FileResolver
}

/** Finds the files that a container names, such as the backing file of a qcow2 image. */
export interface FileResolver {
  /** What tells the file that names others from them. */
  readonly identity: string
  /**
   * Opens the file of that name for the `layer` that says it at `offset`. Throws a ContainerError (`backing-outside`,
   * `backing-missing`), and has read nothing of the file then.
   */
  open(name: string, layer: string, offset?: number): NamedFile
}

export interface ContainerContext {
  readonly budget: Budget
  /** For decodeBlock, which keeps nothing in it between two calls. */
  readonly engine: Engine
  /** An engine for one stream: a stream within another one needs its own. */
  lease(): EngineLease
  readonly files: FileResolver
  /** Takes what is to be known of the state of a layer: one sentence. */
  remark(sentence: string): void
}

/** Refuses every file: for sources without a place, such as a file that was dropped on a page. */
export const NO_FILES: FileResolver = {
  identity: '',
  open(name, layer, offset) {
    const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} names: this image was read without other files`
    throw new ContainerError('backing-outside', layer, message, offset)
  },
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
