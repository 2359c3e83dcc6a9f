/**
 * What loaders tell of their steps (DOMPRINTF and xc_dom_printf of libxc, elf_msg of libelf): `xl -vvv` and `xl dmesg` show
 * it of kernels that load, too.
 * @module
 */
import { line } from './known-line.ts'

/** All of them are told as one. */
export const step = line('both', 'steps of a loader', [], 'Look at the other lines.', { kind: 'noise' })

const STEPS: readonly RegExp[] = [
  /(?:\b(?:domainbuilder|xc): detail: +|\b(?=xc_dom_))(?:[\w/]+\s*: +)?(?:called|trying [\w -]+ loader|\w+=|ver |supported guest type|mem \d|0x|\d+ (?:bytes|[kM]B|grant)|unzip ok|doing nothing|RAM starts|pfn 0x\w+, mfn|cr3:|d\d+[ :]|dst |PAE|successfully|guest |shadow|shared_info: |multiboot header|calculated|no symbol table|[\w .-]+: 0x|(?:domU|anon)[\w ]+: pfn|\w+ decompress OK|\w+: Saw data|domain builder|(?:allocated|mapped)$|non-native|Populating|Adding|range: )/,
  /\bloader probe (?:OK|failed)|xc domain builder logfile/,
  /\belf_(?:xen_\w+|\w+_binary|load_bsdsyms|lookup_addr|reloc): (?!ERROR|not )/,
  /\bELF(?:: (?:note|phdr(?! overflow)|memory|addr|VIRT_BASE|using|Found|\w+=|__xen)|_PADDR_OFFSET unset)/,
  /\b(?:virt_\w+|elf_paddr_offset|p2m_base) += 0x/,
]

export const isStep = (text: string): boolean => STEPS.some(pattern => pattern.test(text))
