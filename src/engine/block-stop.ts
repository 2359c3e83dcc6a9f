/** Where a block decoder stopped, as it leaves it in the memory of either engine. */
import { BLOCK_INPUT, BLOCK_OUTPUT } from './block-state.ts'

/** Leaves the addresses of the next compressed and the next unpacked byte, and returns `status`. */
export function stopBlock(memory: Uint8Array, status: number, input: number, output: number): number {
  writeU32(memory, BLOCK_INPUT, input)
  writeU32(memory, BLOCK_OUTPUT, output)
  return status
}

/** The address of the next compressed byte. */
export const stoppedInput = (memory: Uint8Array) => readU32(memory, BLOCK_INPUT)

/** The address after the last byte that was unpacked. */
export const stoppedOutput = (memory: Uint8Array) => readU32(memory, BLOCK_OUTPUT)

/** The little-endian number at `at`. */
export const readU32 = (bytes: Uint8Array, at: number) =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0

/** The big-endian number at `at`. */
export const readU32BE = (bytes: Uint8Array, at: number) =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0

/** Writes the number at `at`, little-endian. */
export function writeU32(memory: Uint8Array, at: number, value: number): void {
  memory[at] = value
  memory[at + 1] = value >>> 8
  memory[at + 2] = value >>> 16
  memory[at + 3] = value >>> 24
}
