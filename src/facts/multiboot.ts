/** Whether a file has a Multiboot header (Multiboot Specification 0.6.96, 3.1; Multiboot2 Specification 2.0, 3.1). */

/** A header of version 1 lies in these first bytes of the file; one of version 2 may lie in the first 32768. */
const SEARCH_LENGTH = 8192
const VERSION_1 = { magic: 0x1bad_b002, words: 3, align: 1 }
const VERSION_2 = { magic: 0xe852_50d6 | 0, words: 4, align: 2 }

/** The words, as signed numbers, with which headers of either version start. */
export const MULTIBOOT_MAGICS = [VERSION_1.magic, VERSION_2.magic] as const

/** The versions of which a sound header is in the first 8192 bytes. */
export function findMultiboot(bytes: Uint8Array): (1 | 2)[] {
  const length = Math.min(SEARCH_LENGTH, bytes.length) & ~3
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length / 4)
  return [
    ...(hasHeader(words, VERSION_1) ? [1 as const] : []),
    ...(hasHeader(words, VERSION_2) ? [2 as const] : []),
  ]
}

/** The magic, and a checksum that makes the header's first words add up to nothing. */
function hasHeader(words: Int32Array, { magic, words: count, align }: typeof VERSION_1): boolean {
  for (let at = words.indexOf(magic); at >= 0; at = words.indexOf(magic, at + 1)) {
    if (at % align !== 0 || at + count > words.length) continue
    let sum = 0
    for (let index = 0; index < count; index++) sum = (sum + words[at + index]!) | 0
    if (sum === 0) return true
  }
  return false
}
