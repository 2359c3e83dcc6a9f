/** The x86 branch filter of xz: the twin of asm/bcj.ts. */
import { X86_HISTORY } from '../codec-layout.ts'

/** True for the highest byte of a target that the encoder takes for one: within 16 MiB, forwards or backwards. */
const isNear = (highest: number): boolean => highest === 0 || highest === 0xff

export function bcjX86(memory: Uint8Array, address: number, length: number, position: number): number {
  if (length < 5) return 0
  const last = address + length - 4
  let at = address
  let history = memory[X86_HISTORY]!
  while (at < last) {
    if ((memory[at]! & 0xfe) !== 0xe8) {
      history = (history << 1) & 7
      at++
      continue
    }
    const highest = memory[at + 4]!
    // The encoder left alone what follows two opcodes, or one whose own target would have been changed.
    const earlier = history === 0 ? 0 : history === 1 ? 1 : history === 2 ? 2 : history === 4 ? 3 : 4
    const taken = earlier === 0 || (earlier < 4 && !isNear(memory[at + 4 - earlier]!))
    if (!taken || !isNear(highest)) {
      history = ((history << 1) | 1) & 7
      at++
      continue
    }
    const target = memory[at + 1]! | (memory[at + 2]! << 8) | (memory[at + 3]! << 16) | (highest << 24)
    const next = position + (at - address) + 5
    let relative = (target - next) | 0
    if (earlier > 0) {
      // The highest byte of the earlier opcode's target lies within this one: it must not become a near one.
      const shift = 24 - earlier * 8
      if (isNear((relative >>> shift) & 0xff)) relative = ((relative ^ ((0x100 << shift) - 1)) - next) | 0
    }
    // 25 bits with their sign.
    const extended = (relative << 7) >> 7
    memory[at + 1] = extended
    memory[at + 2] = extended >> 8
    memory[at + 3] = extended >> 16
    memory[at + 4] = extended >> 24
    history = 0
    at += 5
  }
  memory[X86_HISTORY] = history
  return at - address
}
