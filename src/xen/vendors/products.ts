/**
 * Products that carry a version of their own, and the Xen packages that came with each.
 * @module
 */
import type { BootModeName } from '../boot-mode.ts'
import { knownDistributions, readDistribution } from './distributions.ts'
import type { PackageRange } from './package-version.ts'
import type { Product, VendorId } from './vendor.ts'

interface ProductVersions extends PackageRange {
  vendors: readonly VendorId[]
  /** The product's version, or its first numbers. */
  version: string
}

const BOTH: readonly VendorId[] = ['xenserver', 'xcp-ng']
const CITRIX: readonly VendorId[] = ['xenserver']
const XCP: readonly VendorId[] = ['xcp-ng']

/**
 * By version. Read in xen.spec of xcp-ng-rpms/xen and xenserver/xen.pg (branches 7.1 to 8.3), in the history of
 * xenserver/xen.pg (6.5: 4604376, 7.0: 769a7d2), and in the software_version of hosts; updates of a product may bring newer
 * packages.
 */
const PRODUCTS: readonly ProductVersions[] = [
  // Of these only the series is known: which of its releases they hold was read nowhere.
  { vendors: CITRIX, version: '6.0', since: '4.1.0', before: '4.2' },
  { vendors: CITRIX, version: '6.1', since: '4.1.0', before: '4.2' },
  { vendors: CITRIX, version: '6.2', since: '4.1.0', before: '4.2' },
  { vendors: CITRIX, version: '6.5', since: '4.4.1', before: '4.4.2' },
  { vendors: CITRIX, version: '7.0', since: '4.6.1', before: '4.6.2' },
  { vendors: CITRIX, version: '7.1', since: '4.7.1', before: '4.7.7' },
  { vendors: CITRIX, version: '7.2', since: '4.7.1', before: '4.7.6' },
  { vendors: CITRIX, version: '7.3', since: '4.7.4', before: '4.7.6' },
  { vendors: BOTH, version: '7.4', since: '4.7.4', before: '4.7.6' },
  { vendors: BOTH, version: '7.5', since: '4.7.5-5', before: '4.7.6' },
  { vendors: BOTH, version: '7.6', since: '4.7.6-6', before: '4.7.7' },
  { vendors: BOTH, version: '8.0', since: '4.11.1-7', before: '4.11.2' },
  { vendors: BOTH, version: '8.1', since: '4.13.0-8', before: '4.13.1' },
  { vendors: BOTH, version: '8.2.0', since: '4.13.1-9', before: '4.13.2' },
  { vendors: BOTH, version: '8.2.1', since: '4.13.4-9.17', before: '4.13.6' },
  { vendors: BOTH, version: '8.2', since: '4.13.1-9', before: '4.13.6' },
  { vendors: XCP, version: '8.3', since: '4.17.3-1', before: '4.17.8' },
  { vendors: CITRIX, version: '8.3', since: '4.13.5-10', before: '4.13.6' },
  { vendors: CITRIX, version: '8.4', since: '4.17.3-1', before: '4.17.8' },
  { vendors: CITRIX, version: '8', since: '4.17.3-1', before: '4.17.8' },
]

const NAME =
  /^\s*(?:citrix\s+)?(xcp-ng|xenserver|citrix\s+hypervisor|hypervisor)\b[^\d]{0,40}?(\d{1,3}(?:\.\d{1,3}){0,2})(?![\d])/i

/** Reads a product such as `XCP-ng release 8.2.0 (xenenterprise)` or `Debian 12`; undefined where `text` names none. */
export function readProduct(text: string): Product | undefined {
  const [, word, version] = NAME.exec(text.slice(0, 200)) ?? []
  if (word === undefined || version === undefined) return readDistribution(text)
  const isXcp = /^xcp-ng$/i.test(word)
  const vendor: VendorId = isXcp ? 'xcp-ng' : 'xenserver'
  const brand = isXcp ? 'XCP-ng' : /hypervisor/i.test(word) ? 'Citrix Hypervisor' : 'XenServer'
  const packages = packagesOf(vendor, version)
  return { vendor, name: `${brand} ${version}`, version, ...(packages !== undefined && { packages }) }
}

function packagesOf(vendor: VendorId, version: string): PackageRange | undefined {
  const own = PRODUCTS.filter(({ vendors }) => vendors.includes(vendor))
  const row =
    own.find(product => product.version === version) ??
    own.find(product => product.version.includes('.') && version.startsWith(`${product.version}.`))
  return row === undefined
    ? undefined
    : { since: row.since, ...(row.before !== undefined && { before: row.before }) }
}

/** A vendor's products by version, each with the packages of Xen that came with it. */
export const knownPackages = (vendor: VendorId): (PackageRange & { version: string })[] => [
  ...PRODUCTS.filter(({ vendors }) => vendors.includes(vendor)).map(({ vendors: _, ...product }) => product),
  ...knownDistributions(vendor),
]

/** The versions of a vendor's products that are known, for those who ask for another. */
export const knownProducts = (vendor: VendorId): string[] =>
  knownPackages(vendor).map(({ version }) => version)

/**
 * What a product's vendor says of a boot mode that the loader itself would take; undefined where it says nothing.
 * Citrix Hypervisor 8.1 release notes: PV guests are no longer supported.
 */
export function supportRemark({ vendor, name, version }: Product, mode: BootModeName): string | undefined {
  if (vendor !== 'xenserver' || mode !== 'pv-domU') return undefined
  const [major = 0, minor] = version.split('.').map(Number)
  const supported = major < 8 || (major === 8 && minor === 0)
  return supported
    ? undefined
    : `${name} does not support PV guests: its vendor ended that with Citrix Hypervisor 8.1, whatever its loader takes`
}
