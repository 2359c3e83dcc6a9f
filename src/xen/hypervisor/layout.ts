/** The initial mapping of a PV dom0: dom0_construct_pv (xen/arch/x86/pv/dom0_build.c), construct_dom0 before. */
import { type Parameters, UNSET, u64 } from '../libelf/parameters.ts'

/** HYPERVISOR_VIRT_START and HYPERVISOR_VIRT_END of a 64-bit Xen, __HYPERVISOR_COMPAT_VIRT_START. */
const XEN_START = 0xffff_8000_0000_0000n
const XEN_END = 0xffff_8800_0000_0000n
export const COMPAT_START = 0xf580_0000n

const PAGE = 4096n
/** The initial mapping ends at a multiple of 4 MiB, at least 512 KiB after the boot stack. */
const MAPPING_ALIGN = 1n << 22n
const MAPPING_ROOM = 512n << 10n
/** A dom0 of 4 GiB, in pages: the size of the physical-to-machine table depends on it. */
const DOM0_PAGES = 1n << 20n
const L2_SHIFT = 21
const L3_SHIFT = 30
const L4_SHIFT = 39
/** Level 2 tables of a 32-bit domain. */
const COMPAT_L2_TABLES = 4n

const pageUp = (address: bigint) => u64((address + PAGE - 1n) & ~(PAGE - 1n))

/** How many tables of 1 << shift bytes each map [low, high); what is counted may wrap around at 2^64. */
function tables(low: bigint, high: bigint, shift: number): bigint {
  const bits = BigInt(shift)
  const end = u64(high + (1n << bits) - 1n) >> bits
  return BigInt.asUintN(64 - shift, end - (low >> bits))
}

/** What of the parameters the mapping follows from. */
export type Mapped = Pick<Parameters, 'virtBase' | 'virtKend' | 'p2mBase'>

/** Where the initial mapping ends, without an initrd. */
export function mappingEnd({ virtBase, virtKend, p2mBase }: Mapped, compat32: boolean): bigint {
  let end = pageUp(virtKend)
  const ownP2m = p2mBase !== UNSET && !compat32
  if (!ownP2m) end = u64(end + DOM0_PAGES * (compat32 ? 4n : 8n))
  // The start info page.
  const tablesStart = pageUp(u64(pageUp(end) + PAGE))
  for (let count = 2n; ; count++) {
    const stackEnd = u64(tablesStart + count * PAGE + PAGE)
    let mapped = u64((stackEnd + MAPPING_ALIGN - 1n) & ~(MAPPING_ALIGN - 1n))
    if (u64(mapped - stackEnd) < MAPPING_ROOM) mapped = u64(mapped + MAPPING_ALIGN)
    const need =
      (compat32 ? 0n : 1n) +
      tables(virtBase, mapped, L4_SHIFT) +
      (compat32 ? COMPAT_L2_TABLES : tables(virtBase, mapped, L3_SHIFT)) +
      tables(virtBase, mapped, L2_SHIFT)
    if (need <= count) return mapped
    // A mapping larger than any dom0 is refused by what follows, however many tables it takes.
    if (need > DOM0_PAGES) return mapped
    if (need > count + 1n) count = need - 2n
  }
}

/** True where the mapping reaches into Xen's own addresses. */
export function overlapsXen(start: bigint, end: bigint, compat32: boolean): boolean {
  return compat32 ? end > COMPAT_START : start < XEN_END && end > XEN_START
}

/** True where the mapping takes more pages than dom0 has: it is allocated in powers of two. */
export function exceedsMemory(start: bigint, end: bigint): boolean {
  return (u64(end - start) + PAGE - 1n) / PAGE > DOM0_PAGES
}
