/** Images that are broken, each in its own way. */
import fc from 'fast-check'
import { SOUND } from './elf-image.ts'

/** A few hundred in the everyday run; XEN_PREFLIGHT_RUNS=100000 for the long one. */
export const numRuns = Number(process.env.XEN_PREFLIGHT_RUNS ?? 400)

const images = Object.values(SOUND)

/** Values at which a check may be off by one, or a sum wrap. */
const edgy = fc.oneof(
  fc.constantFrom(0n, 1n, 3n, 4n, 7n, 12n, 16n, 40n, 52n, 56n, 64n, 4095n, 4096n, 4097n),
  fc.constantFrom(0x7fffffffn, 0x80000000n, 0xfffffff4n, 0xfffffffcn, 0xfffffffdn, 0xffffffffn, 0x100000000n),
  fc.constantFrom(1n << 52n, 1n << 53n, 1n << 63n, (1n << 64n) - 12n, (1n << 64n) - 1n),
  fc.bigInt({ min: 0n, max: 1200n }),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
)

/** Where a change tells the most: the headers, and the words around. */
const change = fc.record({
  at: fc.oneof(fc.integer({ min: 4, max: 240 }), fc.integer({ min: 0, max: 1200 })),
  length: fc.constantFrom(1, 2, 4, 8),
  value: edgy,
})

/** A sound image, and what is done to it. */
export interface Mutant {
  image: Uint8Array
  changes: { at: number; length: number; value: bigint }[]
  cut: number
  junk: number
}

export const mutants = fc.record({
  image: fc.constantFrom(...images),
  changes: fc.array(change, { maxLength: 6 }),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(1200) }),
  junk: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9000) }),
})

export function mutate({ image, changes, cut, junk }: Mutant): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, image.length - cut) + junk)
  bytes.set(image.subarray(0, bytes.length - junk))
  // Bytes without a NUL, so that strings run on.
  bytes.fill(0x78, bytes.length - junk)
  for (const { at, length, value } of changes) {
    for (let index = 0; index < length && at + index < bytes.length; index++) {
      bytes[at + index] = Number((value >> BigInt(8 * index)) & 0xffn)
    }
  }
  return bytes
}
