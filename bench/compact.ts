/** Small kernels by the hundred thousand: a page each, with the notes of a real one. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildElf, NOTE, word } from '../fixtures/builders/elf.ts'

const BASE64 = 0xffff_ffff_8000_0000n
const ENTRY = BASE64 + 0x0123_4560n

const template = Buffer.from(
  buildElf({
    bits: 64,
    bodySize: 2048,
    notes: [
      { type: NOTE.GUEST_OS, value: 'linux' },
      { type: NOTE.GUEST_VERSION, value: '2.6' },
      { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
      { type: NOTE.VIRT_BASE, value: BASE64 },
      { type: NOTE.INIT_P2M, value: 0x80_0000_0000n },
      { type: NOTE.ENTRY, value: ENTRY },
      { type: NOTE.HYPERCALL_PAGE, value: BASE64 + 0x100_1000n },
      { type: NOTE.FEATURES, value: '!writable_page_tables|pae_pgdir_above_4gb' },
      { type: NOTE.SUPPORTED_FEATURES, value: word(0x8801n) },
      { type: NOTE.PAE_MODE, value: 'yes' },
      { type: NOTE.LOADER, value: 'generic' },
      { type: NOTE.L1_MFN_VALID, value: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]) },
      { type: NOTE.SUSPEND_CANCEL, value: word(1n) },
      { type: NOTE.MOD_START_PFN, value: word(1n) },
      { type: NOTE.HV_START_LOW, value: 0xffff_8000_0000_0000n },
      { type: NOTE.PADDR_OFFSET, value: 0n },
      { type: NOTE.PHYS32_ENTRY, value: 0x100_0000n },
    ],
  }),
)

const sentinel = Buffer.alloc(8)
sentinel.writeBigUInt64LE(ENTRY)
const entryAt = template.indexOf(sentinel)

/** Kernel number `index`: its entry address makes it unlike every other. Valid until the next call. */
export function compactKernel(index: number): Uint8Array {
  template.writeBigUInt64LE(BASE64 + BigInt(index), entryAt)
  return template
}

/** Files in a directory: a larger one is slow to read in any file system. */
const FANOUT = 1000

/** Writes the kernels from `first` on into directories below `directory`. */
export function writeCompactKernels(directory: string, first: number, count: number): void {
  for (let index = first; index < first + count; index++) {
    const parent = join(directory, String(Math.floor(index / FANOUT)).padStart(4, '0'))
    if (index === first || index % FANOUT === 0) mkdirSync(parent, { recursive: true })
    writeFileSync(join(parent, `kernel-${String(index % FANOUT).padStart(3, '0')}`), compactKernel(index))
  }
}
