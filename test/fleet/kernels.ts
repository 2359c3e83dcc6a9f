/** Kernels that take enough to read to be worth a comparison: gzipped, with their notes after 600 KiB. */
import { gzipSync } from 'node:zlib'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'

/** Bytes after the payload, which no reading asks for: a signature may be there. */
export const UNREAD = 256 * 1024

/** A bzImage whose GUEST_VERSION note is `version`: equal lengths of it give images of equal size. */
export function bigKernel(version: string): Buffer {
  const elf = buildElf({
    bits: 64,
    bodySize: 600 * 1024,
    tailSize: 64 * 1024,
    notes: [
      { type: NOTE.GUEST_OS, value: 'linux' },
      { type: NOTE.GUEST_VERSION, value: version },
      { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
      { type: NOTE.LOADER, value: 'generic' },
    ],
  })
  // Stored, so that another version changes no size.
  const image = buildBzImage({ payload: gzipSync(elf, { level: 0 }) })
  return Buffer.concat([image, Buffer.alloc(UNREAD)])
}
