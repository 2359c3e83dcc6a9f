import type { BinImageTable } from './facts.ts'

/** XEN_MULTIBOOT_MAGIC3 (tools/libs/guest/xg_dom_binloader.c). */
export const BIN_TABLE_MAGIC = 0x336ec578
/** sizeof(struct xen_bin_image_table), and how far Xen searches for one. */
const TABLE_LENGTH = 32
const SEARCH_LENGTH = 8192

/** As much of an image's start as `findBinTable` has to see, to find what Xen finds. */
export const BIN_TABLE_WINDOW = SEARCH_LENGTH + TABLE_LENGTH

/**
 * The `xen_bin_image_table` of a flat image, as Xen's toolstack finds it (find_table in
 * tools/libs/guest/xg_dom_binloader.c, tools/libxc/xc_dom_binloader.c): 4-byte aligned, before 8192, and
 * before the last 32 bytes of the image; magic, flags and checksum add up to 0 modulo 2^32.
 *
 * @param bytes The image's first BIN_TABLE_WINDOW bytes, or all of it when it is shorter.
 */
export function findBinTable(bytes: Uint8Array): BinImageTable | undefined {
  const end = Math.min(SEARCH_LENGTH, bytes.length - TABLE_LENGTH)
  if (end <= 0) return undefined
  // The runtime's own search for a word takes half as long as a loop that looks for the first byte.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, Math.ceil(end / 4))
  for (
    let index = words.indexOf(BIN_TABLE_MAGIC);
    index !== -1;
    index = words.indexOf(BIN_TABLE_MAGIC, index + 1)
  ) {
    const table = readTable(aligned, 4 * index)
    if (table !== undefined) return table
  }
  return undefined
}

function readTable(bytes: Uint8Array, offset: number): BinImageTable | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, TABLE_LENGTH)
  const field = (at: number) => view.getUint32(at, true)
  const flags = field(4)
  if (field(0) !== BIN_TABLE_MAGIC || (BIN_TABLE_MAGIC + flags + field(8)) % 2 ** 32 !== 0) return undefined
  return {
    offset,
    flags,
    headerAddress: field(12),
    loadAddress: field(16),
    loadEndAddress: field(20),
    bssEndAddress: field(24),
    entryAddress: field(28),
  }
}
