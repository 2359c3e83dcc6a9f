/** Names of the notes of owner Xen (xen/include/public/elfnote.h). */
const NAMES: Readonly<Record<number, string>> = {
  0: 'INFO',
  1: 'ENTRY',
  2: 'HYPERCALL_PAGE',
  3: 'VIRT_BASE',
  4: 'PADDR_OFFSET',
  5: 'XEN_VERSION',
  6: 'GUEST_OS',
  7: 'GUEST_VERSION',
  8: 'LOADER',
  9: 'PAE_MODE',
  10: 'FEATURES',
  11: 'BSD_SYMTAB',
  12: 'HV_START_LOW',
  13: 'L1_MFN_VALID',
  14: 'SUSPEND_CANCEL',
  15: 'INIT_P2M',
  16: 'MOD_START_PFN',
  17: 'SUPPORTED_FEATURES',
  18: 'PHYS32_ENTRY',
  19: 'PHYS32_RELOC',
  16777217: 'CRASH_INFO',
  16777218: 'CRASH_REGS',
  33554432: 'DUMPCORE_NONE',
  33554433: 'DUMPCORE_HEADER',
  33554434: 'DUMPCORE_XEN_VERSION',
  33554435: 'DUMPCORE_FORMAT_VERSION',
}

/** The name of a Xen note's type, without XEN_ELFNOTE_; undefined for a type that has none. */
export function noteName(type: number): string | undefined {
  return NAMES[type]
}
