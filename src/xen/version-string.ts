/**
 * What the version strings of hypervisors mean.
 * @module
 */
import { compareVersions, type Release, releaseIndex, releases, releasesOf, seriesOf } from './releases.ts'
import type { PackageRange } from './vendors/package-version.ts'
import { knownProducts, readProduct } from './vendors/products.ts'
import { type Origin, recogniseVendor, type VendorBuild } from './vendors/recognise.ts'
import { type Product, VENDOR_NAMES } from './vendors/vendor.ts'
import { describeFacts, vendorOptions } from './vendors/vendor-options.ts'

export type VersionKind =
  /** A point release that is known. */
  | 'release'
  /** A series without a point release: all of it may be meant. */
  | 'series'
  /** Before the point release that it names: a release candidate, `-pre`, `-unstable`. */
  | 'before'
  /** Commits after the point release that it names. */
  | 'after'
  /** Newer than the newest release that is known, of all or of its series. */
  | 'newer'
  /** A point release of 3.1 to 3.4, of which only the state before the first one is known. */
  | 'partly-known'
  /** A point release that there never was. */
  | 'never-released'
  /** 3.0.x, whose loader came before libelf. */
  | 'before-libelf'
  /** The version of a product, and not of Xen. */
  | 'product'
  /** Not a version of Xen that is known. */
  | 'unknown'

/** A version string, understood. */
export interface XenVersion {
  /** As it was given. */
  text: string
  kind: VersionKind
  /** `4.17`. */
  series?: string
  /** `4.17.2`, where a point release is named. */
  point?: string
  /** Why it is before the point release. */
  stage?: 'pre' | 'rc' | 'unstable'
  vendor?: VendorBuild
  /** The releases that are asked in its place, oldest first; empty where there is none. */
  ask: readonly Release[]
  /** Sentences on what the answer rests on. */
  remarks: string[]
}

/** Above this no string is read: the longest boot log lines are far shorter. */
const LONGEST = 1000

const NUMBERS =
  /^\s*(?:(?:xen|release)[\s_-]+(?:version\s+)?|v)?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4})(?!\.g[\da-f]))?(?![\d])/i
const STAGE = /^\s*[-~.+_]?(unstable|pre|rc)(?=[^a-z]|$)[.-]?\d*/i
/** A commit count: `+23-ga4e5191dc0`, as CentOS writes it `.103.g71e9d0c94d`. */
const COMMITS = /^\+\d+(?:-g[0-9a-f]+)?|^\.\d+\.g[0-9a-f]+/

/**
 * Understands a hypervisor's version string: `4.1.6.1`, `4.17`, `4.15-unstable`, `4.17.2-pre (Debian …)`, `4.4.1-xs90192`,
 * or the product that it came with: `XCP-ng release 8.2.0`. `origin` is what else is known of who built it.
 * Never throws: what it cannot read is of kind `unknown`, with a remark that says what comes closest.
 *
 * @example
 * parseXenVersion('4.17.2-pre').ask // ['4.17.1', '4.17.2']
 */
export function parseXenVersion(text: string, origin: Origin = {}): XenVersion {
  const product = text.length > LONGEST ? undefined : readProduct(text)
  if (product !== undefined) return ofProduct(text, product)
  const numbers = text.length > LONGEST ? null : NUMBERS.exec(text)
  if (numbers === null)
    return unknown(text, `Cannot read the Xen version ${quote(text)}: expected one such as 4.17.2`)
  const [matched, major, minor, patch, extra] = numbers
  const series = `${Number(major)}.${Number(minor)}`
  const point =
    patch === undefined
      ? undefined
      : [series, Number(patch), ...(extra === undefined ? [] : [Number(extra)])].join('.')
  let rest = text.slice(matched.length)
  const stageMatch = STAGE.exec(rest)
  if (stageMatch !== null) rest = rest.slice(stageMatch[0].length)
  const stage = stageMatch?.[1]?.toLowerCase() as XenVersion['stage']

  const version: XenVersion = {
    ...place(series, point, stage, COMMITS.test(rest)),
    text,
    series,
  }
  if (point !== undefined) version.point = point
  if (stage !== undefined) version.stage = stage
  if (version.kind === 'unknown') return version
  const vendor = recogniseVendor({ text, series, ...(point !== undefined && { point }), rest }, origin)
  if (vendor !== undefined) {
    version.vendor = vendor
    version.remarks.push(
      vendorRemark(
        `${quote(text.trim())} is ${vendor.product ? `the Xen of ${vendor.product.name}` : `a build of ${vendor.name}`}`,
        vendor,
        point ?? series,
      ),
    )
  }
  return version
}

/** What a version is called in a report: `4.17.2`, `4.13.1 (XCP-ng 8.2.0)`. */
export function versionLabel({ text, ask, kind, vendor }: XenVersion): string {
  if (kind !== 'product' || vendor?.product === undefined) return text.trim()
  const span = ask.length === 1 ? ask[0] : `${ask[0]} to ${ask.at(-1)}`
  return `${span} (${vendor.product.name})`
}

/** How far the answer of upstream's release reaches for a vendor's build. */
function vendorRemark(what: string, vendor: VendorBuild, version: string): string {
  const { facts, perhaps, read } = vendorOptions(vendor)
  const some = vendor.packages === undefined ? '' : describeFacts(perhaps)
  const differs = [describeFacts(facts), some === '' ? '' : `in some packages ${some}`]
    .filter(Boolean)
    .join('; ')
  if (read) {
    return differs === ''
      ? `${what}, of which all patches are known: none counts here, the answer is that of upstream Xen ${version}`
      : `${what}, of which all patches are known: ${differs}; all else is as in upstream Xen ${version}`
  }
  const known = differs === '' ? '' : `, of which this is known: ${differs}`
  return `${what} with patches of its own${known}: the answer is that of upstream Xen ${version}`
}

/** The releases that the packages of a product are made of. */
function ofProduct(text: string, product: Product): XenVersion {
  const { vendor: id, name, packages } = product
  if (packages === undefined) {
    const known = knownProducts(id).join(', ')
    return unknown(text, `Cannot tell which Xen came with ${name}: known of ${VENDOR_NAMES[id]} are ${known}`)
  }
  const known = releasesIn(packages)
  const first = upstream(packages.since)
  const { ask, remarks } =
    known.length > 0 ? { ask: known, remarks: [] } : place(seriesOf(first), first, undefined, false)
  const vendor: VendorBuild = { vendor: id, name: VENDOR_NAMES[id], suffix: '', product, packages }
  const span = known.length > 1 ? `${known[0]} to ${known.at(-1)}` : (known[0] ?? first)
  return {
    ...{ text, kind: 'product', series: seriesOf(ask[0]!), ask, vendor },
    remarks: [
      ...remarks,
      vendorRemark(`${name} came with Xen ${span}, a build of ${VENDOR_NAMES[id]}`, vendor, span),
    ],
  }
}

const upstream = (version: string) => /^\d+(?:\.\d+)*/.exec(version)?.[0] ?? version

/** The releases that packages of a range are made of; the first after the range is not one of them. */
function releasesIn({ since, before }: PackageRange): Release[] {
  const [first, end] = [upstream(since), before === undefined ? undefined : upstream(before)]
  return releases.filter(
    release =>
      compareVersions(release, first) >= 0 && (end === undefined || compareVersions(release, end) < 0),
  )
}

type Place = Pick<XenVersion, 'kind' | 'ask' | 'remarks'>

function place(
  series: string,
  point: string | undefined,
  stage: XenVersion['stage'],
  commitsBehind: boolean,
): Place {
  const newest = releases.at(-1)!
  if (compareVersions(series, '3.0') === 0) {
    const remark = 'Xen 3.0 came before libelf, its loader is not modelled'
    return { kind: 'before-libelf', ask: [], remarks: [remark] }
  }
  if (compareVersions(series, seriesOf(releases[0]!)) < 0) return unknown(series, closest(series))
  const known = releasesOf(series)
  if (known.length === 0) {
    if (Number(series.split('.')[0]) !== Number(newest.split('.')[0])) return unknown(series, closest(series))
    return newer(point ?? series, newest)
  }
  const first = known[0]!
  const last = known.at(-1)!
  if (stage !== undefined) return before(point ?? first, stage)
  if (point === undefined) {
    if (compareVersions(series, '4.0') < 0) return partlyKnown(series, first)
    if (known.length === 1) return { kind: 'release', ask: known, remarks: [] }
    return {
      kind: 'series',
      ask: known,
      remarks: [`Xen ${series} is a series: ${first} to ${last} are asked`],
    }
  }
  if (compareVersions(point, '4.0.0') < 0 && point !== first) return partlyKnown(point, first)
  if (releaseIndex(point) === undefined) {
    if (compareVersions(point, last) > 0) return newer(point, last)
    const around = [
      known.findLast(r => compareVersions(r, point) < 0)!,
      known.find(r => compareVersions(r, point) > 0)!,
    ]
    const remark = `There was no Xen ${point}: ${around.join(' and ')} are asked`
    return { kind: 'never-released', ask: around, remarks: [remark] }
  }
  if (commitsBehind && point !== last) {
    const next = known[known.indexOf(point) + 1]!
    const remark = `It holds commits after ${point}: ${point} and ${next} are asked`
    return { kind: 'after', ask: [point, next], remarks: [remark] }
  }
  return { kind: 'release', ask: [point], remarks: [] }
}

function partlyKnown(version: string, first: Release): Place {
  const remark = `Of Xen ${seriesOf(first)} only the state just before ${first} is known, it stands for ${version}`
  return { kind: 'partly-known', ask: [first], remarks: [remark] }
}

function newer(version: string, newest: Release): Place {
  const remark = `Xen ${version} is newer than ${newest}, the newest that is known${
    newest === releases.at(-1) ? '' : ` of ${seriesOf(newest)}`
  }: the answer is that of ${newest}`
  return { kind: 'newer', ask: [newest], remarks: [remark] }
}

/** `-pre` and `-rc` come before what they name: between it and the release that its line came from. */
function before(point: string, stage: NonNullable<XenVersion['stage']>): Place {
  const line = releasesOf(seriesOf(point))
  if (releaseIndex(point) === undefined) {
    const last = line.findLast(release => compareVersions(release, point) < 0)!
    return newer(`${point}-${stage}`, last)
  }
  const earlier = line[line.indexOf(point) - 1] ?? branchPoint(point)
  if (earlier === undefined) return { kind: 'before', ask: [point], remarks: [] }
  const remark = `${point}-${stage} comes before ${point}: ${earlier} and ${point} are asked`
  return { kind: 'before', ask: [earlier, point], remarks: [remark] }
}

/** The first release of the series before: where the development of this series started. */
function branchPoint(point: Release): Release | undefined {
  const last = releases[releaseIndex(point)! - 1]
  return last === undefined ? undefined : releasesOf(seriesOf(last))[0]
}

function unknown(text: string, remark: string): XenVersion {
  return { text, kind: 'unknown', ask: [], remarks: [remark] }
}

function closest(version: string): string {
  const newest = releases.at(-1)!
  const near = compareVersions(version, newest) > 0 ? newest : releases[0]
  return `There is no Xen ${version}: ${releases[0]} to ${newest} are known, ${near} comes closest`
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
