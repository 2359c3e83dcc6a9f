/**
 * Hosts, and what is known of each. Version strings are kept as they were given; what they mean is
 * the business of src/xen.
 * @module
 */
import type { Codec } from '../facts/facts.ts'
import type { InventoryProblem } from './problem.ts'

/** The four ways in which a kernel starts under Xen. */
export const BOOT_MODES = ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0'] as const
export type BootMode = (typeof BOOT_MODES)[number]

/**
 * Who finds and loads the kernel of a domU: the toolstack, pygrub in dom0, a GRUB inside the guest, or firmware. The
 * GRUBs may be followed by a version; `pvgrub` is another name of `pv-grub`.
 */
export const BOOT_PATHS = [
  'direct',
  'pygrub',
  'pv-grub',
  'pvgrub',
  'pvgrub2',
  'pvhgrub',
  'ovmf',
  'hvm',
] as const

/** A boot path as an inventory writes it, such as `pvgrub2@2.06`; `unknown` where it wrote something else. */
export type BootPathText = string

/** The value of a gate on one host, which wins over the value of its release: a back-port. */
export type GateValue = string | number | boolean

/** What the loader model has to know of a host besides its version; what is absent is as in a default build. */
export interface DeclaredOptions {
  /** CONFIG_PV of the hypervisor. */
  pv?: boolean
  /** CONFIG_PV32 of the hypervisor. */
  pv32?: boolean
  /** CONFIG_HVM of the hypervisor: HVM guests, and so PVH ones. */
  pvh?: boolean
  /** CONFIG_VERBOSE_DEBUG of the hypervisor. */
  verbose?: boolean
  /** The decompressors of the toolstack (HAVE_BZLIB, HAVE_LZMA, ... of libxenguest). */
  decoders?: Partial<Record<Codec, boolean>>
  /** `xen_caps` of the running Xen: guest types such as `xen-3.0-x86_64` and `hvm-3.0-x86_32`. */
  xenCaps?: string[]
  /**
   * `virt_caps` of the running Xen, as `xl info` prints them. Releases up to 4.11 never print `pv` here: that
   * it is absent means something only next to tokens that are as young, such as `hap`.
   */
  virtCaps?: string[]
  /** Back-ports, by gate id. */
  gates?: Record<string, GateValue>
  /** The command line of the hypervisor. */
  commandline?: string
  /** What compiled the hypervisor (cc_compiler of `xl info`). */
  compiler?: string
  /** Who compiled it (cc_compile_by and cc_compile_domain of `xl info`), as `by@domain`. */
  builtBy?: string
}

/** Where a statement was found, and how it is known. */
export interface HostSource {
  file: string
  /** The line at which the host starts, from 1. */
  line: number
  /** Where the host is in an inventory of our own format: `hosts[2]`. */
  field?: string
  /** The id of the adapter that read it. */
  adapter: string
  /** One phrase: where the version comes from. */
  how: string
  /** Set where the version was concluded and not stated, as from a guest's DMI. */
  guess?: true
}

/** All that an inventory may say of a host besides its name and version. */
export interface HostDetails extends DeclaredOptions {
  pools?: string[]
  labels?: Record<string, string>
  /** The boot modes that the host runs; absent: all that its command line leaves. */
  modes?: BootMode[]
  /** The product that Xen came with, such as `XenServer 6.5.0`. */
  product?: string
  /** The product's build, or Xen's changeset. */
  patchLevel?: string
}

/** A host as one inventory has it; another one may know the version that is missing here. */
export interface HostEntry extends HostDetails {
  name: string
  uuid?: string
  /** Xen's version as given, such as `4.1.6.1` or `4.4.1-xs90192`. */
  xen?: string
  /** Set where the source knows the series and prints `.0` whatever the point release is. */
  seriesOnly?: true
  source: HostSource
  /** What to say of an absent version, if no pool and no other inventory has it. */
  missing?: InventoryProblem
}

/** A host whose version is known. */
export interface Host extends Omit<HostEntry, 'xen' | 'missing'> {
  xen: string
  /** The other places with a record of this host. */
  alsoFrom?: HostSource[]
}

/** Hosts that belong together, and what is true of each unless it says otherwise. */
export interface Pool {
  name: string
  defaults: HostDetails & { xen?: string }
  members: string[]
  source: { file: string; line: number }
}

/** The images that a placement names: paths by glob, or one image by its content. */
export type ImageReference = { glob: string } | { digest: string }

/** Which images run where. */
export interface Placement {
  /** Names of hosts, `*` and `?` allowed. */
  hosts: string[]
  pools: string[]
  images: ImageReference[]
  mode?: BootMode
  boot?: BootPathText
  /** `field` is such as `placements[0]`. */
  source: { file: string; line: number; field: string }
}

/** The version to ask about: the series alone where the source does not know the point release. */
export function targetVersion(host: Pick<Host, 'xen' | 'seriesOnly'>): string {
  return host.seriesOnly ? host.xen.replace(/\.0$/, '') : host.xen
}
