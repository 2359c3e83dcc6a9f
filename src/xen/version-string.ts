/**
 * What the version strings of hypervisors mean.
 * @module
 */
import { compareVersions, type Release, releaseIndex, releases, releasesOf, seriesOf } from './releases.ts'

/** Who built a Xen, as its version string gives it away. */
export interface Vendor {
  name: string
  /** The part of the string that says so. */
  suffix: string
}

export type VersionKind =
  /** A point release that is known. */
  | 'release'
  /** A series without a point release: all of it may be meant. */
  | 'series'
  /** Before the point release that it names: a release candidate, `-pre`, `-unstable`. */
  | 'before'
  /** Commits behind the point release that it names. */
  | 'after'
  /** Newer than the newest release that is known, of all or of its series. */
  | 'newer'
  /** A point release of 3.1 to 3.4, of which only the state before the first one is known. */
  | 'partly-known'
  /** A point release that there never was. */
  | 'never-released'
  /** 3.0.x, whose loader came before libelf. */
  | 'before-libelf'
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
  vendor?: Vendor
  /** The releases whose answers stand for it, oldest first; empty where none does. */
  ask: readonly Release[]
  /** Sentences on what the answer rests on. */
  remarks: string[]
}

/** Above this no string is read: the longest boot log lines are far shorter. */
const LONGEST = 1000

const NUMBERS = /^\s*(?:xen\s+(?:version\s+)?)?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?(?![\d])/i
const STAGE = /^\s*[-~.+_]?(unstable|pre|rc)(?=[^a-z]|$)[.-]?\d*/i
const COMMITS = /^\+\d+-g[0-9a-f]+|^\+\d+/

const VENDORS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/-xs\d+/i, 'XenServer'],
  [/ovm/i, 'Oracle VM'],
  [/\.el\d+/i, 'Red Hat'],
  [/amazon/i, 'Amazon'],
  [/debian|~deb|\+deb/i, 'Debian'],
  [/ubuntu/i, 'Ubuntu'],
  [/^_\d+/, 'SUSE'],
  [/\.fc\d+/i, 'Fedora'],
  [/qubes/i, 'Qubes OS'],
  [/xcpng|xcp-ng/i, 'XCP-ng'],
]

function vendorOf(rest: string): Vendor | undefined {
  const suffix = rest.trim()
  if (suffix === '' || COMMITS.exec(suffix)?.[0] === suffix) return undefined
  const known = VENDORS.find(([pattern]) => pattern.test(rest))
  return { name: known?.[1] ?? 'a vendor', suffix }
}

/**
 * Understands a hypervisor's version string: `4.1.6.1`, `4.17`, `4.15-unstable`, `4.17.2-pre (Debian …)`, `4.4.1-xs90192`.
 * Never throws: what it cannot read is of kind `unknown`, with a remark that says what comes closest.
 *
 * @example
 * parseXenVersion('4.17.2-pre').ask // ['4.17.1', '4.17.2']
 */
export function parseXenVersion(text: string): XenVersion {
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
  const vendor = vendorOf(rest)

  const version: XenVersion = {
    ...place(series, point, stage, COMMITS.test(rest)),
    text,
    series,
  }
  if (point !== undefined) version.point = point
  if (stage !== undefined) version.stage = stage
  if (vendor !== undefined && version.kind !== 'unknown') {
    version.vendor = vendor
    version.remarks.push(
      `${quote(text.trim())} is a build of ${vendor.name} with patches of its own: the answer is that of upstream Xen ${point ?? series}`,
    )
  }
  return version
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
    const remark = `It holds commits behind ${point}: ${point} and ${next} are asked`
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
