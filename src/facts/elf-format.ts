// Numbers of the ELF format (ELF gABI, chapter 4; its x86-64 supplement).

export const ELFCLASS32 = 1
export const ELFCLASS64 = 2
export const ELFDATA2LSB = 1
export const ELFDATA2MSB = 2
export const EM_386 = 3
export const EM_ARM = 40
export const EM_X86_64 = 62
/** sizeof(Elf32_Ehdr), sizeof(Elf64_Ehdr), sizeof(Elf32_Shdr). */
export const EHDR32_LENGTH = 52
export const EHDR64_LENGTH = 64
export const SHDR32_LENGTH = 40
export const NOTE_HEADER = 12
