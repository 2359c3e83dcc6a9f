import type { BinImageTable } from './facts.ts'

/** XEN_MULTIBOOT_MAGIC3 (tools/libs/guest/xg_dom_binloader.c). */
const MAGIC = 0x336ec578
const MAGIC_BYTE = 0x78
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = Math.min(SEARCH_LENGTH, bytes.length - TABLE_LENGTH)
  for (let offset = 0; offset < end; offset += 4) {
    // One byte first: a third of the time.
    if (bytes[offset] !== MAGIC_BYTE || view.getUint32(offset, true) !== MAGIC) continue
    const flags = view.getUint32(offset + 4, true)
    if ((MAGIC + flags + view.getUint32(offset + 8, true)) % 2 ** 32 !== 0) continue
    const address = (field: number) => view.getUint32(offset + field, true)
    return {
      offset,
      flags,
      headerAddress: address(12),
      loadAddress: address(16),
      loadEndAddress: address(20),
      bssEndAddress: address(24),
      entryAddress: address(28),
    }
  }
  return undefined
}
