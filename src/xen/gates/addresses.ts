// Gates of the address calculation.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface AddressesGates {
  'paddr-offset-without-virt-base-hvm': Gate<'refuses' | 'accepts'>
  'address-defaults': DocumentedBehaviour<string>
  'address-range': DocumentedBehaviour<'refuses'>
  'bsd-symtab-end': Gate<'left-out' | 'offset-twice' | 'right'>
  'bsd-symtab-size': Gate<'every-section' | 'three-headers' | 'fixed-header'>
}

export const addressesGates: AddressesGates = {
  'paddr-offset-without-virt-base-hvm': gate({
    area: 'addresses',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'PADDR_OFFSET without VIRT_BASE in an HVM or PVH container. For PV it is refused by every release.',
    spans: [
      ['3.1.0', 'refuses'],
      ['4.18.0', 'accepts'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
      'RELEASE-4.17.7 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
      'RELEASE-4.18.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check b77ed96fce',
    ],
  }),
  'address-defaults': documented({
    area: 'addresses',
    sides: ['toolstack', 'hypervisor'],
    summary: 'What stands for a missing address.',
    spans: [['3.1.0', 'VIRT_BASE 0; PADDR_OFFSET 0 with notes, VIRT_BASE with __xen_guest; ENTRY e_entry']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
    ],
  }),
  'address-range': documented({
    area: 'addresses',
    sides: ['toolstack', 'hypervisor'],
    summary: 'The entry must lie inside the kernel (its end included), and the kernel not below VIRT_BASE.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
    ],
  }),
  'bsd-symtab-end': gate({
    area: 'addresses',
    sides: ['toolstack', 'hypervisor'],
    summary:
      "With BSD_SYMTAB and a symbol table: the symbols are not part of the kernel's end; they are, but " +
      'VIRT_BASE minus PADDR_OFFSET is added twice; or they are, rightly.',
    spans: [
      ['3.1.0', 'left-out'],
      ['3.2.0', 'offset-twice'],
      ['4.4.3', 'right'],
      ['4.5.0', 'offset-twice'],
      ['4.5.1', 'right'],
    ],
    evidence: [
      'RELEASE-4.4.2 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
      'RELEASE-4.4.3 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check 472bdfefad',
      'RELEASE-4.5.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check',
      'RELEASE-4.5.1 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check 5b2f480b1d',
      'RELEASE-4.6.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check 90b18f1666',
    ],
  }),
  'bsd-symtab-size': gate({
    area: 'addresses',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'How much room the symbols take behind the kernel: all section headers and every symbol and string ' +
      'table; three headers and each symbol table with its strings; or a header of fixed size and the ' +
      'first of them.',
    spans: [
      ['3.1.0', 'every-section'],
      ['4.7.0', 'three-headers'],
      ['4.8.0', 'fixed-header'],
    ],
    evidence: [
      'RELEASE-4.7.0 xen/common/libelf/libelf-loader.c elf_parse_bsdsyms ed04ca9598',
      'RELEASE-4.7.2 xen/common/libelf/libelf-loader.c elf_load_bsdsyms 8ce2238f19',
      'RELEASE-4.8.0 xen/common/libelf/libelf-loader.c elf_load_bsdsyms fb08f7d009',
    ],
    advisory: 'XSA-164',
  }),
}
