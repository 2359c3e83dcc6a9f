/**
 * The engine in TypeScript: the twin functions, on a byte array.
 * @module
 */
import type { Engine, EngineFunctions } from './engine.ts'
import { BASE } from './memory.ts'
import { bcjX86 } from './typescript/bcj.ts'
import { bzip2Block } from './typescript/bzip2.ts'
import { bzip2Write } from './typescript/bzip2-write.ts'
import { adler32, crc32, crc32Bzip2, crc64 } from './typescript/checksum.ts'
import { sha256 } from './typescript/checksum-sha256.ts'
import { xxh64 } from './typescript/checksum-xxh64.ts'
import { scanElf } from './typescript/elf.ts'
import { holdsWord } from './typescript/find-word.ts'
import { inflate, inflateReset } from './typescript/inflate.ts'
import { lz4Block } from './typescript/lz4.ts'
import { lzmaDecode, lzmaReset } from './typescript/lzma.ts'
import { lzoBlock } from './typescript/lzo.ts'
import { zstdBlock, zstdReset } from './typescript/zstd.ts'

/** An engine function as its twin has it: with the memory in front. */
type Twin<F> = F extends (...values: infer Values) => infer Result
  ? (memory: Uint8Array, ...values: Values) => Result
  : never

/** Every function of the interface: a missing twin does not compile. */
const TWINS: { [Name in keyof EngineFunctions]: Twin<EngineFunctions[Name]> } = {
  scanElf,
  holdsWord,
  crc32,
  crc32Bzip2,
  crc64,
  adler32,
  sha256,
  xxh64,
  lzmaReset,
  lzmaDecode,
  bcjX86,
  lz4Block,
  lzoBlock,
  bzip2Block,
  bzip2Write,
  inflateReset,
  inflate,
  zstdReset,
  zstdBlock,
}

/** Room for small images, and for a sliding window, to begin with. */
const FIRST = 2 * BASE

/** The most that WebAssembly's memory can be, so that both engines give up at the same size. */
const MAX_MEMORY = 2 ** 32

/** `beforeGrowth` is called before the memory grows to a number of bytes. */
export function createTypeScriptEngine(beforeGrowth?: (bytes: number) => void): Engine {
  // Pages that nothing is written to take no memory, and a copy into a larger one would write to all of them.
  let memory = new Uint8Array(FIRST)
  const bound = Object.entries(TWINS).map(([name, twin]) => {
    const call = twin as (memory: Uint8Array, ...values: unknown[]) => unknown
    return [name, (...values: unknown[]) => call(memory, ...values)]
  })
  const functions = Object.fromEntries(bound) as EngineFunctions
  return {
    ...functions,
    name: 'typescript',
    get memory() {
      return memory
    },
    reserve(bytes) {
      if (bytes <= memory.length) return
      if (bytes > MAX_MEMORY)
        throw new RangeError(`Cannot reserve ${bytes} bytes: an engine's memory ends at 4 GiB`)
      beforeGrowth?.(bytes)
      // Doubling keeps the copies few; above 256 MiB memory is dearer than copies.
      const length = Math.max(bytes, Math.min(memory.length * 2, memory.length + 2 ** 28))
      const grown = new Uint8Array(Math.min(length, MAX_MEMORY))
      grown.set(memory)
      memory = grown
    },
  }
}
