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
  [0x6264, 'LoongArch'],
])

/** U-Boot's include/image.h: a big-endian header with its magic, the machine and the type of what is in it. */
const UIMAGE_MAGIC = 0x27051956
const UIMAGE_MACHINE = 29
const UIMAGE_TYPE = 30
const UIMAGE_KERNEL = 2
const UIMAGE_MACHINES: ReadonlyMap<number, string> = new Map([
  [2, 'Arm'],
  [3, 'x86'],
  [5, 'MIPS'],
  [7, 'PowerPC'],
  [22, 'AArch64'],
  [24, 'x86-64'],
  [26, 'RISC-V'],
])

/** Linux Documentation/arch/arm/booting.rst and arch/arm/boot/compressed/head.S. */
const ZIMAGE_AT = 0x24
const ZIMAGE_MAGIC = 0x016f2818
/** Linux drivers/firmware/efi/libstub/zboot-header.S: `zimg` after the DOS magic. */
const ZBOOT_AT = 4
const ZBOOT_MAGIC = 0x676d697a
/** Linux arch/s390/boot/head.S: the two channel command words that load the rest from a card reader. */
const S390_AT = 8
const S390_WORDS = [0x02000018, 0x60000050, 0x02000068, 0x60000050]
/** The magic of a flattened device tree (Devicetree Specification, section 5.2), which U-Boot's FIT images are too. */
const DEVICE_TREE_MAGIC = 0xd00dfeed
/** Android's system/tools/mkbootimg/include/bootimg/bootimg.h: `ANDROID!`. */
const ANDROID_WORDS = [0x414e4452, 0x4f494421]

/** What a file is that begins with `head`; undefined where nothing is known of it. */
export function foreignFile(head: Uint8Array): ForeignFile | undefined {
  if (head.length < IMAGE_MAGIC + 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  return linuxImage(view) ?? bootImage(view) ?? peProgram(view)
}

/** Linux for another machine, in the form that this machine's boot loaders take. */
function linuxImage(view: DataView): ForeignFile | undefined {
  const kernel = (name: string, kind: ImageKind = 'unknown') => ({ kind, name, isKernel: true })
  const magic = view.getUint32(IMAGE_MAGIC, true)
  if (magic === ARM64) return kernel('an arm64 Image, a kernel for Xen on Arm', 'arm64-image')
  if (magic === RISCV) return kernel('a RISC-V Image, a kernel for Xen on RISC-V', 'riscv-image')
  if (view.getUint32(ZIMAGE_AT, true) === ZIMAGE_MAGIC) return kernel('a zImage, a kernel for Arm')
  if (hasWords(view, S390_AT, S390_WORDS)) return kernel('an image of Linux for IBM S/390')
  if (view.getUint16(0, true) === DOS_MAGIC && view.getUint32(ZBOOT_AT, true) === ZBOOT_MAGIC) {
    const machine = peMachine(view)
    return kernel(`a packed EFI kernel (zboot)${machine === undefined ? '' : ` for ${machine}`}`)
  }
  return undefined
}

/** What other boot loaders take. */
function bootImage(view: DataView): ForeignFile | undefined {
  const first = view.getUint32(0)
  if (first === UIMAGE_MAGIC) {
    const machine = UIMAGE_MACHINES.get(view.getUint8(UIMAGE_MACHINE))
    const isKernel = view.getUint8(UIMAGE_TYPE) === UIMAGE_KERNEL
    const what = isKernel ? ' of a kernel' : ''
    return {
      kind: 'unknown',
      name: `a U-Boot image${what}${machine === undefined ? '' : ` for ${machine}`}`,
      isKernel,
    }
  }
  const other = (name: string) => ({ kind: 'unknown' as const, name, isKernel: false })
  if (first === DEVICE_TREE_MAGIC) return other('a device tree, or a FIT image of U-Boot')
  return hasWords(view, 0, ANDROID_WORDS) ? other('a boot image of Android') : undefined
}

function peProgram(view: DataView): ForeignFile | undefined {
  if (view.getUint16(0, true) !== DOS_MAGIC) return undefined
  const machine = peMachine(view)
  if (machine === undefined) return undefined
  return { kind: 'efi-program', name: `a PE program (UEFI or Windows) for ${machine}`, isKernel: false }
}

/** The machine that a PE header names; undefined where there is no such header. */
function peMachine(view: DataView): string | undefined {
  const pe = view.getUint32(PE_POINTER, true)
  if (pe + 6 > view.byteLength || view.getUint32(pe, true) !== PE_SIGNATURE) return undefined
  const machine = view.getUint16(pe + 4, true)
  return PE_MACHINES.get(machine) ?? `machine 0x${machine.toString(16)}`
}

/** Whether the big-endian words lie at `at`. */
const hasWords = (view: DataView, at: number, words: readonly number[]): boolean =>
  words.every((word, index) => view.getUint32(at + 4 * index) === word)
