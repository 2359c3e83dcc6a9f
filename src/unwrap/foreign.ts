/**
 * Files that start on other machines or by other means than Xen's x86 loaders: they are named for what they are.
 * @module
 */
import type { ImageKind } from '../facts/facts.ts'

export interface ForeignFile {
  kind: ImageKind
  /** With its article, after "it is". */
  name: string
  /** True for a kernel: it is listed, and no x86 loader is asked about it. */
  isKernel: boolean
}

/** Linux Documentation/arch/arm64/booting.rst and Documentation/arch/riscv/boot-image-header.rst. */
const IMAGE_MAGIC = 0x38
const ARM64 = 0x644d5241
const RISCV = 0x05435352

/** PE/COFF: the DOS header's e_lfanew, and the signature that it leads to. */
const PE_POINTER = 0x3c
const DOS_MAGIC = 0x5a4d
const PE_SIGNATURE = 0x00004550
const PE_MACHINES: ReadonlyMap<number, string> = new Map([
  [0x014c, 'x86'],
  [0x8664, 'x86-64'],
  [0xaa64, 'AArch64'],
  [0x01c2, 'Arm'],
  [0x5064, 'RISC-V'],
])

/** What a file is that begins with `head`; undefined where nothing is known of it. */
export function foreignFile(head: Uint8Array): ForeignFile | undefined {
  if (head.length < IMAGE_MAGIC + 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const magic = view.getUint32(IMAGE_MAGIC, true)
  if (magic === ARM64) {
    return { kind: 'arm64-image', name: 'an arm64 Image, a kernel for Xen on Arm', isKernel: true }
  }
  if (magic === RISCV) {
    return { kind: 'riscv-image', name: 'a RISC-V Image, a kernel for Xen on RISC-V', isKernel: true }
  }
  if (view.getUint16(0, true) !== DOS_MAGIC) return undefined
  const pe = view.getUint32(PE_POINTER, true)
  if (pe + 6 > head.length || view.getUint32(pe, true) !== PE_SIGNATURE) return undefined
  const machine = view.getUint16(pe + 4, true)
  const name = PE_MACHINES.get(machine) ?? `machine 0x${machine.toString(16)}`
  return { kind: 'efi-program', name: `a PE program (UEFI or Windows) for ${name}`, isKernel: false }
}
