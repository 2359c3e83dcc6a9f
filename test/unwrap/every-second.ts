/** Decodes every second block of a stream ahead, without threads. */
import type { EngineName } from '../../src/engine/engine.ts'
import { decoderOf } from '../../src/fleet/ahead/decode-ahead.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import type { AheadBlocks, BlockAhead, BlocksAhead } from '../../src/unwrap/blocks-ahead.ts'

export function everySecond(name: EngineName): BlocksAhead & { taken: number } {
  const engine = createEngine(name)
  const blocks = {
    taken: 0,
    helps: () => true,
    open(length: number, _address: number, kind: AheadBlocks) {
      const decoder = decoderOf(kind)
      const stream = new Uint8Array(length)
      let loaded = 0
      let asked = 0
      return {
        get loaded() {
          return loaded
        },
        load(bytes: Uint8Array, position: number) {
          stream.set(bytes, position)
          loaded = position + bytes.length
        },
        take(bit: number): BlockAhead | undefined {
          if (asked++ % 2 === 0) return undefined
          const bytes = stream.subarray(0, loaded)
          if (decoder.find(bytes, bit) !== bit) return undefined
          const block = decoder.decode(engine, bytes, bit)
          if (block !== undefined) blocks.taken++
          return block
        },
        close() {},
      }
    },
  }
  return blocks
}
