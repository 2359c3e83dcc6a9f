/** Names of the XENFEAT bits (xen/include/public/features.h). */
const NAMES: readonly string[] = [
  'writable_page_tables',
  'writable_descriptor_tables',
  'auto_translated_physmap',
  'supervisor_mode_kernel',
  'pae_pgdir_above_4gb',
  'mmu_pt_update_preserve_ad',
  'highmem_assist',
  'gnttab_map_avail_bits',
  'hvm_callback_vector',
  'hvm_safe_pvclock',
  'hvm_pirqs',
  'dom0',
  'grant_map_identity',
  'memory_op_vnode_supported',
  'ARM_SMCCC_supported',
  'linux_rsdp_unrestricted',
  'not_direct_mapped',
  'direct_mapped',
  'runstate_phys_area',
  'vcpu_time_phys_area',
  'dm_msix_all_writes',
]

/** Whether a name of a FEATURES note is one that Xen's public headers have. */
export const isFeatureName = (name: string): boolean => NAMES.includes(name)

/** The names of the bits that are set in a 32-bit word; `bit 27` for one that has no name. */
export function featureBitNames(word: number): string[] {
  const names: string[] = []
  for (let bit = 0; bit < 32; bit++) if (((word >>> bit) & 1) === 1) names.push(NAMES[bit] ?? `bit ${bit}`)
  return names
}
