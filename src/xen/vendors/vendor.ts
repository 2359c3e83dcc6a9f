/**
 * What is known of the Xen that a vendor ships: which gates its patches turn, and what it compiles in.
 * @module
 */
import type { Codec } from '../../facts/facts.ts'
import type { AskedGateId } from '../gates/gates.ts'
import type { PackageRange } from './package-version.ts'

export type VendorId =
  | 'amazon'
  | 'centos'
  | 'debian'
  | 'fedora'
  | 'oracle'
  | 'other'
  | 'qubes'
  | 'red-hat'
  | 'suse'
  | 'ubuntu'
  | 'xcp-ng'
  | 'xenserver'

export const VENDOR_NAMES: Readonly<Record<VendorId, string>> = {
  amazon: 'Amazon',
  centos: 'CentOS Virt SIG',
  debian: 'Debian',
  fedora: 'Fedora',
  oracle: 'Oracle VM',
  other: 'a vendor',
  qubes: 'Qubes OS',
  'red-hat': 'Red Hat',
  suse: 'SUSE',
  ubuntu: 'Ubuntu',
  'xcp-ng': 'XCP-ng',
  xenserver: 'XenServer',
}

/** A product, as its name and version say it. */
export interface Product {
  vendor: VendorId
  /** `XCP-ng 8.2.0`. */
  name: string
  version: string
  /** The Xen packages that came with it; absent where they are not known. */
  packages?: PackageRange
}

/** An option of the build, by its name in an inventory. */
export type BuildKey = 'build.pv' | 'build.pv32' | 'build.pvh' | `build.decoders.${Codec}`

/** One difference of a vendor's packages from the release that they are made of. */
export interface VendorFact extends PackageRange {
  /** What differs: a gate of the loader models, or an option of the build. */
  gate: AskedGateId | BuildKey
  value: string | number | boolean
  /** Where it was read. */
  source: string
}

/** Packages whose patches were all read: beyond the facts, they behave as their release does. */
export interface ReadPackages extends PackageRange {
  source: string
}

export interface VendorData {
  /** The vendors that ship these packages. */
  vendors: readonly VendorId[]
  facts: readonly VendorFact[]
  read: readonly ReadPackages[]
  /** What there is to know where there is no such data. */
  remark?: string
}
