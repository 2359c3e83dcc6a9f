/** What the decoders with a sliding window work on. */
import type { Engine } from '../../engine/engine.ts'
import type { CompressedInput } from './compressed-input.ts'
import type { OutputWindow } from './output-window.ts'

export interface Sliding {
  engine: Engine
  input: CompressedInput
  window: OutputWindow
  /** The most that a stream may ask for as its window or dictionary, in bytes. */
  maxWindow: number
}
