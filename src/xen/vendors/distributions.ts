/**
 * Releases of Linux distributions, and of products that are made of one, with the Xen packages that came with each.
 * @module
 */
import type { PackageRange } from './package-version.ts'
import type { Product, VendorId } from './vendor.ts'

/** The packages from the first one in a release on, up to the first that is not in it any more. */
type Release = readonly [version: string, since: string, before: string]

interface Distribution {
  vendor: VendorId
  /** What its releases are called, before their version. */
  brand: string
  /** Its names, and the version as the first group. */
  pattern: RegExp
  releases: readonly Release[]
  /** Versions by the names of releases, in lower case. */
  names?: Readonly<Record<string, string>>
}

const VERSION = String.raw`(\d{1,3}(?:\.\d{1,3}){0,2})(?![\d.]*[\d+-])`
const NAME_OR_VERSION = String.raw`(?:${VERSION}|([a-z]{4,12})\b)`

/** Read in the distributions' archives of packages and in their changelogs of Xen. Later updates may bring newer packages. */
const DISTRIBUTIONS: readonly Distribution[] = [
  {
    vendor: 'debian',
    brand: 'Debian',
    pattern: new RegExp(String.raw`^debian(?:\s+gnu/linux)?[\s_-]*${NAME_OR_VERSION}`, 'i'),
    releases: [
      ['6', '4.0.1', '4.0.2'],
      ['7', '4.1.4', '4.1.7'],
      ['8', '4.4.1', '4.4.5'],
      ['9', '4.8.1', '4.8.6'],
      ['10', '4.11.1', '4.11.5'],
      ['11', '4.14.2', '4.14.7'],
      ['12', '4.17.1', '4.17.8'],
      ['13', '4.20.0', '4.21'],
    ],
    names: {
      squeeze: '6',
      wheezy: '7',
      jessie: '8',
      stretch: '9',
      buster: '10',
      bullseye: '11',
      bookworm: '12',
      trixie: '13',
    },
  },
  {
    vendor: 'ubuntu',
    brand: 'Ubuntu',
    pattern: new RegExp(String.raw`^ubuntu[\s_-]*${NAME_OR_VERSION}`, 'i'),
    releases: [
      ['12.04', '4.1.2', '4.1.7'],
      ['14.04', '4.4.0', '4.4.3'],
      ['16.04', '4.6.0', '4.6.6'],
      ['18.04', '4.9.0', '4.9.3'],
      ['20.04', '4.11.3', '4.11.4'],
      ['22.04', '4.16.0', '4.16.1'],
      ['24.04', '4.17.2', '4.17.3'],
    ],
    names: {
      precise: '12.04',
      trusty: '14.04',
      xenial: '16.04',
      bionic: '18.04',
      focal: '20.04',
      jammy: '22.04',
      noble: '24.04',
    },
  },
  {
    vendor: 'qubes',
    brand: 'Qubes OS',
    pattern: new RegExp(String.raw`^qubes(?:\s+os)?\s+(?:release\s+)?r?${VERSION}`, 'i'),
    releases: [
      ['1', '4.1.0', '4.2'],
      ['2', '4.1.0', '4.2'],
      ['3.0', '4.4.0', '4.5'],
      ['3.1', '4.6.0', '4.7'],
      ['3.2', '4.6.0', '4.7'],
      ['4.0', '4.8.0', '4.9'],
      ['4.1', '4.14.0', '4.15'],
      ['4.2', '4.17.0', '4.18'],
      ['4.3', '4.19.0', '4.20'],
    ],
  },
  {
    vendor: 'suse',
    brand: 'SLES',
    pattern:
      /^(?:sles?|suse\s+linux\s+enterprise(?:\s+server)?)[\s_-]*(\d{2}(?:(?:\s*sp\s*|-sp|\.)[1-7])?)(?!\d)/i,
    releases: [
      ['11 SP1', '4.0.0', '4.1'],
      ['11 SP2', '4.1.0', '4.2'],
      ['11 SP3', '4.2.0', '4.3'],
      ['11 SP4', '4.4.0', '4.5'],
      ['12', '4.4.0', '4.5'],
      ['12 SP1', '4.5.0', '4.6'],
      ['12 SP2', '4.7.0', '4.8'],
      ['12 SP3', '4.9.0', '4.10'],
      ['12 SP4', '4.11.0', '4.12'],
      ['12 SP5', '4.12.0', '4.13'],
      ['15', '4.10.0', '4.11'],
      ['15 SP1', '4.12.0', '4.13'],
      ['15 SP2', '4.13.0', '4.14'],
      ['15 SP3', '4.14.0', '4.15'],
      ['15 SP4', '4.16.0', '4.17'],
      ['15 SP5', '4.17.0', '4.18'],
      ['15 SP6', '4.18.0', '4.19'],
      ['15 SP7', '4.20.0', '4.21'],
    ],
  },
  {
    vendor: 'suse',
    brand: 'openSUSE Leap',
    pattern: new RegExp(String.raw`^(?:opensuse\s+)?leap\s+${VERSION}`, 'i'),
    releases: [
      ['42.1', '4.5.0', '4.6'],
      ['42.2', '4.7.0', '4.8'],
      ['42.3', '4.9.0', '4.10'],
      ['15.0', '4.10.0', '4.11'],
      ['15.1', '4.12.0', '4.13'],
      ['15.2', '4.13.0', '4.14'],
      ['15.3', '4.14.0', '4.15'],
      ['15.4', '4.16.0', '4.17'],
      ['15.5', '4.17.0', '4.18'],
      ['15.6', '4.18.0', '4.19'],
    ],
  },
  {
    vendor: 'oracle',
    brand: 'Oracle VM',
    pattern: new RegExp(
      String.raw`^(?:oracle\s+vm(?:\s+server)?(?:\s+for\s+x86)?|ovm)[\s_-]+(?:release\s+)?${VERSION}`,
      'i',
    ),
    releases: [
      ['2.2', '3.4.0', '3.4.1'],
      ['3.1', '4.1.2', '4.1.3'],
      ['3.2', '4.1.3', '4.1.4'],
      ['3.3', '4.3.0', '4.3.1'],
      ['3.4', '4.4.4', '4.4.5'],
    ],
  },
  {
    vendor: 'red-hat',
    brand: 'Red Hat Enterprise Linux',
    pattern:
      /^(?:rhel|red\s+hat\s+enterprise\s+linux(?:\s+server)?|centos)\s+(?:release\s+)?(5(?:\.\d{1,2})?)(?![\d.])/i,
    releases: [['5', '3.1.2', '3.1.3']],
  },
]

/** Reads the release of a distribution, such as `Debian GNU/Linux 12 (bookworm)`; undefined where `text` names none. */
export function readDistribution(text: string): Product | undefined {
  const start = text.trimStart().slice(0, 200)
  for (const { vendor, brand, pattern, releases, names = {} } of DISTRIBUTIONS) {
    const [, number, word] = pattern.exec(start) ?? []
    const version = number ?? own(names, word?.toLowerCase())
    if (version === undefined) continue
    const asked = spelled(version)
    const release = releaseOf(releases, asked)
    if (release === undefined) return { vendor, name: `${brand} ${asked}`, version: asked }
    const [known, since, before] = release
    return { vendor, name: `${brand} ${known}`, version: known, packages: { since, before } }
  }
  return undefined
}

const own = (names: Readonly<Record<string, string>>, name: string | undefined): string | undefined =>
  name !== undefined && Object.hasOwn(names, name) ? names[name] : undefined

/** Service packs are written `15 SP5`, `15-SP5`, and `15.5` in os-release. */
function spelled(version: string): string {
  const [, major, pack] = /^(\d+)\s*-?sp\s*(\d)$/i.exec(version) ?? []
  return major === undefined ? version : `${major} SP${pack}`
}

/** The release of this version, or the one that it is an update of. */
function releaseOf(releases: readonly Release[], asked: string): Release | undefined {
  const [major, minor, update] = asked.split('.')
  const versions = [
    asked,
    `${major}.${minor}`,
    ...(update === undefined ? [`${major} SP${minor}`] : []),
    major,
  ]
  for (const version of versions) {
    const release = releases.find(([known]) => known === version)
    if (release !== undefined) return release
  }
  return undefined
}

/** A vendor's releases, each with the packages of Xen that came with it. */
export const knownDistributions = (vendor: VendorId): (PackageRange & { version: string })[] =>
  DISTRIBUTIONS.filter(distribution => distribution.vendor === vendor).flatMap(({ brand, releases }) =>
    releases.map(([version, since, before]) => ({ version: `${brand} ${version}`, since, before })),
  )
