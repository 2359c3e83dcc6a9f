/** Words of cause codes that are names, as their field writes them. */
const NAMES: Readonly<Record<string, string>> = {
  bsd: 'BSD',
  bzimage: 'bzImage',
  elf: 'ELF',
  hv: 'HV',
  hvm: 'HVM',
  lz4: 'LZ4',
  p2m: 'P2M',
  paddr: 'PADDR',
  pae: 'PAE',
  pv: 'PV',
  pv32: 'PV32',
  pvh: 'PVH',
  virt: 'VIRT',
  xen: 'Xen',
}

/** `unknown-feature` reads as `Unknown feature`, `not-pvh` as `Not PVH`. */
export function causeTitle(code: string): string {
  const [first = '', ...rest] = code.split('-').map(word => NAMES[word] ?? word)
  const head =
    NAMES[first.toLowerCase()] === first ? first : `${first.slice(0, 1).toUpperCase()}${first.slice(1)}`
  return [head, ...rest].join(' ')
}
