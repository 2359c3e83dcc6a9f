/**
 * Which kernel one guest boots on one version of Xen, or why none.
 * @module
 */
import type { DiskBoot, LoaderBoot, PygrubBoot } from '../boot/disk-boot.ts'
import type { GuestPath } from '../boot/guest/choose.ts'
import type { Guest } from '../inventory/guest.ts'
import { parseBootPath } from '../xen/boot-path/boot-path.ts'
import { releaseIndex } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { causeVerdict, guestCause } from './guest-causes.ts'
import type { FullVerdict } from './model.ts'

/** The disk that a guest boots from, where it is known. */
export interface FoundDisk {
  /** The address of the file. */
  address: string
  /** What boots from it; absent where only the kernels in it are known. */
  boot?: DiskBoot
}

export type GuestOutcome =
  /** One of these kernels, by their addresses; `undecided` says why there are several. */
  | {
      kind: 'kernels'
      addresses: readonly string[]
      undecided?: string
      /** True where pygrub took another kernel up to 4.12.4, and takes this one from 4.13.0 on. */
      titleLost?: boolean
      /** True where the Python of pygrub decides. */
      byPython?: boolean
    }
  /** Any kernel of the catalogue that belongs to no other guest: its disk is not known. */
  | { kind: 'any' }
  /** None, or it cannot be told, whatever the kernels are. */
  | { kind: 'verdict'; verdict: FullVerdict }
  /** The file that its configuration names is not in the catalogue. */
  | { kind: 'absent'; file: string }

/** A version of Xen, and the product that it came with. */
export interface GuestHost {
  version: string
  product?: string | undefined
}

/** What is asked of the catalogue by the name that a configuration has. */
export interface KernelFinder {
  /** Addresses of kernels for a path of dom0. */
  kernel(name: string): readonly string[]
  /** Addresses of kernels in the disk at an address; with `path` those at that path of one of its file systems. */
  inDisk(disk: string, path?: string): readonly string[]
}

export function guestOutcome(
  guest: Guest,
  disk: FoundDisk | undefined,
  host: GuestHost,
  find: KernelFinder,
): GuestOutcome {
  if (guest.fault !== undefined) {
    const verdict = guest.fault === 'nothing-to-boot' ? 'refuses' : 'uncertain'
    const detail = guest.fault === 'unknown-bootloader' ? guest.bootloader : undefined
    return { kind: 'verdict', verdict: causeVerdict(guestCause(guest.fault, detail), verdict) }
  }
  if (guest.boot === 'pygrub') return pygrubOutcome(guest, disk, host, find)
  if (guest.boot === 'direct') {
    const addresses = guest.kernel === undefined ? [] : find.kernel(guest.kernel)
    if (addresses.length === 0) return { kind: 'absent', file: guest.kernel ?? '' }
    return several(addresses, `several files of the catalogue are called so: ${guest.kernel}`)
  }
  if (disk === undefined) return { kind: 'any' }
  const path = parseBootPath(guest.boot)
  if (typeof path === 'string') return anyOf(disk, find)
  const loader = disk.boot?.loaders[path.path as GuestPath]
  return loader === undefined ? anyOf(disk, find) : loaderOutcome(disk, loader)
}

/** Where the disk was not walked, every kernel in it may be the one. */
function anyOf({ address }: FoundDisk, find: KernelFinder): GuestOutcome {
  const addresses = find.inDisk(address)
  if (addresses.length === 0) return { kind: 'absent', file: address }
  return several(addresses, 'its disk was not read when this was asked, only the kernels in it are known')
}

function several(addresses: readonly string[], undecided: string): GuestOutcome {
  return addresses.length > 1 ? { kind: 'kernels', addresses, undecided } : { kind: 'kernels', addresses }
}

function loaderOutcome({ address }: FoundDisk, loader: LoaderBoot): GuestOutcome {
  const fail = (code: Parameters<typeof guestCause>[0], detail?: string): GuestOutcome => ({
    kind: 'verdict',
    verdict: causeVerdict(guestCause(code, detail), 'refuses'),
  })
  if (loader.config === undefined && loader.undecided === undefined) return fail('no-boot-configuration')
  if (loader.missing !== undefined) return fail('kernel-missing', `${loader.config} names ${loader.missing}`)
  if (loader.kernels.length === 0) {
    const cause = guestCause('boot-undecided', loader.undecided ?? `${loader.config} starts no Linux kernel`)
    return { kind: 'verdict', verdict: causeVerdict(cause, 'uncertain') }
  }
  const addresses = loader.kernels.map(inside => `${address}!/${inside}`)
  if (loader.undecided !== undefined) return { kind: 'kernels', addresses, undecided: loader.undecided }
  return several(addresses, 'its configuration leaves several')
}

/** The program in a directory of dom0 that is gone from 4.19.0 on. */
const GONE = '/usr/bin/pygrub'

function pygrubOutcome(
  guest: Guest,
  disk: FoundDisk | undefined,
  host: GuestHost,
  find: KernelFinder,
): GuestOutcome {
  const { ask } = parseXenVersion(host.version)
  const from = (release: string) => {
    const index = releaseIndex(release)!
    return ask.length > 0 && ask.every(one => releaseIndex(one)! >= index)
  }
  const fail = (code: Parameters<typeof guestCause>[0]): GuestOutcome => ({
    kind: 'verdict',
    verdict: causeVerdict(guestCause(code), 'refuses'),
  })
  if (
    guest.type === 'pvh' &&
    ask.length > 0 &&
    !ask.some(one => releaseIndex(one)! >= releaseIndex('4.10.0')!)
  )
    return fail('pvh-bootloader-unsupported')
  if (guest.bootloader === GONE && from('4.19.0')) return fail('pygrub-path-gone')
  if (disk === undefined) return { kind: 'any' }
  if (guest.kernelInside !== undefined) {
    const addresses = find.inDisk(disk.address, guest.kernelInside)
    if (addresses.length > 0) return several(addresses.slice(0, 1), '')
    return { kind: 'absent', file: `${disk.address}!${guest.kernelInside}` }
  }
  const restricted = guest.restricted === true || (guest.toolstack === 'xapi' && restricts(host))
  const boots = restricted ? disk.boot?.restricted : disk.boot?.pygrub
  if (boots === undefined) return anyOf(disk, find)
  const asked = ask.flatMap(release =>
    boots.filter(span => covers(span, release)).map(span => ({ release, span })),
  )
  if (asked.length === 0) return anyOf(disk, find)
  const unread = asked.find(({ span }) => span.undecided !== undefined)?.span.undecided
  if (unread !== undefined)
    return { kind: 'verdict', verdict: causeVerdict(guestCause('boot-undecided', unread), 'uncertain') }
  const kernels = [...new Set(asked.map(({ span }) => span.kernel))]
  const [only] = kernels
  if (kernels.length === 1 && only !== undefined)
    return { kind: 'kernels', addresses: [`${disk.address}!/${only}`], titleLost: losesTitle(boots, only) }
  if (kernels.length === 1) {
    const { error } = asked.at(-1)!.span
    return { kind: 'verdict', verdict: finding(error, disk.boot?.pygrub, asked.at(-1)!.release, restricted) }
  }
  const says = describe(asked)
  const found = kernels.flatMap(kernel => (kernel === undefined ? [] : `${disk.address}!/${kernel}`))
  const byPython = asked.some(({ span }) => span.python !== null)
  if (found.length === kernels.length) return { kind: 'kernels', addresses: found, undecided: says, byPython }
  const code = byPython ? 'pygrub-python' : 'boot-undecided'
  return { kind: 'verdict', verdict: causeVerdict(guestCause(code, says), 'uncertain') }
}

/** The releases between which pygrub lost titles as defaults. */
export const AROUND_TITLES = ['4.12.4', '4.13.0'] as const

function losesTitle(boots: readonly PygrubBoot[], kernel: string): boolean {
  const [before, after] = AROUND_TITLES.map(release => boots.filter(span => covers(span, release)))
  return (
    before!.some(span => span.kernel !== undefined && span.kernel !== kernel) &&
    after!.some(span => span.kernel === kernel)
  )
}

const covers = ({ since, until }: PygrubBoot, release: string): boolean =>
  releaseIndex(since)! <= releaseIndex(release)! && releaseIndex(release)! <= releaseIndex(until)!

/** Why pygrub ends without a kernel. */
function finding(
  error: string | undefined,
  unrestricted: readonly PygrubBoot[] | undefined,
  release: string,
  restricted: boolean,
): FullVerdict {
  const freely = unrestricted?.some(span => covers(span, release) && span.kernel !== undefined) ?? false
  const missing = /Error opening (.*) in guest/.exec(error ?? '')?.[1]
  const code =
    restricted && freely
      ? 'pygrub-file-too-large'
      : missing === undefined
        ? 'pygrub-finds-nothing'
        : /[ ,]/.test(missing)
          ? 'initrd-missing'
          : 'kernel-missing'
  return causeVerdict(guestCause(code, missing), 'refuses', error)
}

/** What decides where answers differ: the Python, or the point release. */
function describe(asked: readonly { release: string; span: PygrubBoot }[]): string {
  const byPython = asked.some(({ span }) => span.python !== null)
  const said = new Map<string, string>()
  for (const { release, span } of asked) {
    const who = byPython && span.python !== null ? `under Python ${span.python}` : `of Xen ${release}`
    const what = span.kernel === undefined ? 'nothing' : span.kernel
    if (![...said.values()].includes(what) || !said.has(who)) said.set(who, what)
  }
  return `pygrub takes ${[...said].map(([who, what]) => `${what} ${who}`).join(', ')}`
}

/**
 * Products whose XAPI always runs pygrub de-privileged: XAPI does so since v23.26.0 (October 2023, 3893613fbe), which
 * came with XenServer 8 and XCP-ng 8.3.
 */
export const restricts = ({ product, version }: GuestHost): boolean =>
  [product ?? '', version].some(text =>
    /\bXCP-ng 8\.[3-9]|\bXenServer (?:8(?:\.4)?|9)(?:\.0)*(?:\s|$)/.test(text),
  )
