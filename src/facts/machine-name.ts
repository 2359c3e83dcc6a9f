/** Names of ELF machines (e_machine in the ELF specification's registry). */
export const MACHINE_NAMES: Readonly<Record<number, string>> = {
  2: 'SPARC',
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: '64-bit PowerPC',
  22: 'IBM S/390',
  40: 'ARM',
  43: '64-bit SPARC',
  50: 'Itanium',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
}

/** `AArch64`, or `machine 9` for one without a name here. */
export const machineName = (machine: number): string => MACHINE_NAMES[machine] ?? `machine ${machine}`
