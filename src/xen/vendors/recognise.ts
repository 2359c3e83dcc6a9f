/**
 * Who built a Xen: told by its version, by the product that it came with, and by what `xl info` says of its compiler.
 * @module
 */
import { onePackage, type PackageRange } from './package-version.ts'
import { readProduct } from './products.ts'
import { type Product, VENDOR_NAMES, type VendorId } from './vendor.ts'

/** What is known of a Xen's origin beside its version. */
export interface Origin {
  /** The product that it came with, such as `Citrix Hypervisor 8.0.0`. */
  product?: string
  /** cc_compiler of `xl info`. */
  compiler?: string
  /** cc_compile_by and cc_compile_domain of `xl info`, as `by@domain`. */
  builtBy?: string
}

/** A vendor's build of Xen. */
export interface VendorBuild {
  vendor: VendorId
  /** What people call the vendor. */
  name: string
  /** The part of the version that says so; empty where something else does. */
  suffix: string
  product?: Product
  /** The vendor's packages that it may be; absent where nothing tells. */
  packages?: PackageRange
}

/** A version of Xen, taken apart. */
export interface VersionParts {
  text: string
  /** `4.17`. */
  series: string
  /** `4.17.2`, where the text has one. */
  point?: string
  /** What comes after the numbers and a stage such as `-pre`. */
  rest: string
}

/**
 * The Fedora of Qubes' dom0 by the series of Xen in it (https://www.qubes-os.org/doc/supported-releases/). Fedora's own
 * packages of the same number hold another series, but for Fedora 41.
 */
const QUBES: Readonly<Record<string, string>> = {
  fc18: '4.1',
  fc20: '4.4',
  fc23: '4.6',
  fc25: '4.8',
  fc32: '4.14',
  fc37: '4.17',
  fc41: '4.19',
}

/** Only a commit count: how upstream's own trees number their builds. */
const COMMITS_ONLY = /^\+\d+(?:-g[0-9a-f]+)?$/

type Pattern = readonly [pattern: RegExp, vendor: VendorId]

const BY_VERSION: readonly Pattern[] = [
  [/[-.]xs\d+/i, 'xenserver'],
  [/ovm/i, 'oracle'],
  [/\.el5/i, 'red-hat'],
  [/amazon/i, 'amazon'],
  [/ubuntu/i, 'ubuntu'],
  [/debian|[~+](?:deb|bpo)\d/i, 'debian'],
  [/^\+\d+-g[0-9a-f]+-\d/, 'debian'],
  [/^_\d+/, 'suse'],
  [/qubes/i, 'qubes'],
  [/xcpng|xcp-ng/i, 'xcp-ng'],
]

const BY_BUILDER: readonly Pattern[] = [
  [/pkg-xen-devel|@debian\.org|buildd.*debian/i, 'debian'],
  [/ubuntu|launchpad|canonical/i, 'ubuntu'],
  [/qubes/i, 'qubes'],
  [/xcp-ng|vates/i, 'xcp-ng'],
  [/citrix|xenserver|cloud\.com/i, 'xenserver'],
  [/abuild|suse/i, 'suse'],
  [/fedoraproject/i, 'fedora'],
  [/centos/i, 'centos'],
  [/redhat/i, 'red-hat'],
  [/oracle/i, 'oracle'],
  [/amazon/i, 'amazon'],
]

const BY_COMPILER: readonly Pattern[] = [
  [/\(Debian/i, 'debian'],
  [/\(Ubuntu/i, 'ubuntu'],
  [/SUSE/i, 'suse'],
]

/** Who built the Xen of this version; undefined where nothing says that it is not upstream's. */
export function recogniseVendor(version: VersionParts, origin: Origin = {}): VendorBuild | undefined {
  const suffix = COMMITS_ONLY.test(version.rest.trim()) ? '' : version.rest.trim()
  const product = origin.product === undefined ? undefined : readProduct(origin.product)
  const vendor =
    product?.vendor ??
    vendorOfVersion(version, suffix) ??
    find(BY_BUILDER, origin.builtBy) ??
    (origin.builtBy === undefined ? find(BY_COMPILER, origin.compiler) : undefined) ??
    (suffix === '' ? undefined : 'other')
  if (vendor === undefined) return undefined
  const packages = packagesOf(version, vendor, suffix) ?? product?.packages
  return {
    vendor,
    name: VENDOR_NAMES[vendor],
    suffix,
    ...(product !== undefined && { product }),
    ...(packages !== undefined && { packages }),
  }
}

const find = (patterns: readonly Pattern[], text: string | undefined): VendorId | undefined =>
  text === undefined ? undefined : patterns.find(([pattern]) => pattern.test(text.slice(0, 300)))?.[1]

function vendorOfVersion({ series }: VersionParts, suffix: string): VendorId | undefined {
  const fedora = /\.(fc\d+)/i.exec(suffix)?.[1]?.toLowerCase()
  if (fedora !== undefined) return QUBES[fedora] === series ? 'qubes' : 'fedora'
  const known = find(BY_VERSION, suffix)
  if (known !== undefined) return known
  // CentOS's virtualization group packaged Xen from 4.x on; Red Hat itself ended with 3.1.
  if (/\.el\d+/i.test(suffix)) return series.startsWith('3.') ? 'red-hat' : 'centos'
  return undefined
}

/** What the version says of the package: all of its version, or only the release that it is made of. */
function packagesOf(
  { text, point, rest }: VersionParts,
  vendor: VendorId,
  suffix: string,
): PackageRange | undefined {
  const inBrackets = /\(Debian ([^\s()]+)\)/i.exec(text)?.[1]
  if (inBrackets !== undefined) return onePackage(inBrackets)
  // A build number such as xs90192, or a text that was cut off, is in no order with packages.
  const ordered = suffix !== '' && !/[()]/.test(rest) && !/-xs\d/i.test(rest) && vendor !== 'other'
  if (ordered) return onePackage(text.trim().replace(/^(?:(?:xen|release)[\s_-]+(?:version\s+)?|v)/i, ''))
  if (point === undefined) return undefined
  const numbers = point.split('.').map(Number)
  const next = [...numbers.slice(0, -1), numbers.at(-1)! + 1].join('.')
  return { since: point, before: `${next}~` }
}
