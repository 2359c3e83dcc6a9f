// The x86 branch filter of xz (BCJ, filter id 4): the encoder made the targets of CALL and JMP absolute, so
// that they repeat; this makes them relative again.
import * as layout from '../src/engine/codec-layout.ts'

const X86_HISTORY: usize = layout.X86_HISTORY

/** True for the highest byte of a target that the encoder takes for one: within 16 MiB, forwards or backwards. */
function isNear(highest: u32): bool {
  return ((highest + 1) & 0xff) <= 1
}

/**
 * Filters [address, address + length) in place, which starts `position` bytes into the stream, with the
 * history at X86_HISTORY. Returns how many bytes are done: all but the last four at most, whose
 * instructions may go on after the end. The next call starts there.
 */
export function bcjX86(address: usize, length: usize, position: u32): usize {
  if (length < 5) return 0
  const last = address + length - 4
  let at = address
  let history = load<u32>(X86_HISTORY)
  while (at < last) {
    // The next CALL (e8) or JMP (e9) among 16 bytes.
    const opcodes = i8x16.eq(v128.and(v128.load(at), i8x16.splat(<i8>0xfe)), i8x16.splat(<i8>0xe8))
    const skip = min<usize>(ctz(i8x16.bitmask(opcodes) | 0x10000), last - at)
    history = (history << (<u32>skip)) & 7
    at += skip
    if (skip === 16 || at === last) continue

    const target = load<u32>(at, 1)
    // The encoder left alone what follows two opcodes, or one whose own target would have been changed.
    const earlier = ctz(history)
    const taken = history === 0 || ((history & (history - 1)) === 0 && !isNear(load<u8>(at + 3 - earlier)))
    if (!taken || !isNear(target >> 24)) {
      history = ((history << 1) | 1) & 7
      at++
      continue
    }
    const next = position + <u32>(at - address) + 5
    let relative = target - next
    if (history !== 0) {
      // The highest byte of the earlier opcode's target lies within this one: it must not become a near one.
      const shift = 16 - (earlier << 3)
      if (isNear(relative >> shift)) relative = (relative ^ ((0x100 << shift) - 1)) - next
    }
    // 25 bits with their sign.
    store<u32>(at, <u32>(<i32>(relative << 7) >> 7), 1)
    history = 0
    at += 5
  }
  store<u32>(X86_HISTORY, history)
  return at - address
}
