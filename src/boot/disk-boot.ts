/**
 * What guests boot from one disk, as an audit needs it: addresses of kernels, and no open file.
 * @module
 */
import { parseInside } from '../containers/address.ts'
import { ContainerError } from '../containers/container-error.ts'
import type { Source } from '../source/source.ts'
import type { BootPath } from '../xen/boot-path/boot-path.ts'
import type { Release } from '../xen/releases.ts'
import type { GuestPath } from './guest/choose.ts'
import type { GuestDisk } from './guest-disk.ts'
import type { GuestFiles } from './guest-files.ts'
import { type GuestVolume, insideVolume } from './guest-volumes.ts'
import { type FoundEntry, unreadSentence, walkGuest } from './guest-walk.ts'
import { type PygrubSpan, pygrubAnswers } from './pygrub/spans.ts'

/** What pygrub of some releases takes; both ends inclusive. */
export interface PygrubBoot {
  since: string
  until: string
  /** The Python under which this is the answer; null where it does not matter. */
  python: 2 | 3 | null
  /** The address of the kernel in the disk: `part1/boot/vmlinuz`; absent where it finds none. */
  kernel?: string
  title?: string
  /** The last line that pygrub says. */
  error?: string
  /** Why it is not known what it takes, in a sentence. */
  undecided?: string
}

/** What the guest's own boot loader takes. */
export interface LoaderBoot {
  /** The configuration that it reads; absent where it finds none. */
  config?: string
  /** Addresses of kernels in the disk: one, or all that it may be where that is not decided. */
  kernels: string[]
  /** Why it is not decided. */
  undecided?: string
  /** A kernel, or an initrd, that the entry names and that is not there. */
  missing?: string
}

export interface DiskBoot {
  /** Answers of pygrub, and of pygrub in its de-privileged mode. */
  pygrub?: readonly PygrubBoot[]
  restricted?: readonly PygrubBoot[]
  /** By the name of the path. */
  loaders: Partial<Record<GuestPath, LoaderBoot>>
}

/** What is asked of a disk. */
export type DiskQuestion = 'pygrub' | 'restricted' | GuestPath

/** Answers what is asked of a disk; of pygrub, what each of `releases` takes. */
export function askDisk(
  disk: GuestDisk,
  volumes: readonly GuestVolume[],
  questions: Iterable<DiskQuestion>,
  releases: readonly Release[],
): DiskBoot {
  const boot: DiskBoot = { loaders: {} }
  let free: readonly PygrubSpan[] | undefined
  const ask = (restricted: boolean) =>
    releases.flatMap(release => pygrubAnswers(release, disk, { restricted }))
  for (const question of questions) {
    if (question === 'pygrub') {
      free ??= ask(false)
      boot.pygrub = free.map(answer => pygrubBoot(answer, volumes))
    } else if (question === 'restricted') {
      free ??= ask(false)
      // Only files that are too large for it are not copied in the de-privileged mode.
      const answers = free.every(answer => isSmall(answer, disk)) ? free : ask(true)
      boot.restricted = answers.map(answer => pygrubBoot(answer, volumes))
    } else boot.loaders[question] = loaderBoot(disk, volumes, question)
  }
  return boot
}

/** Far below what any release refuses in the de-privileged mode. */
const SMALL = 64 * 2 ** 20

const isSmall = ({ kernel, ramdisk, offset }: PygrubSpan, disk: GuestDisk): boolean =>
  [kernel, ramdisk].every(
    path =>
      path === undefined || offset === undefined || (disk.mountForPygrub(offset)?.size(path) ?? 0) <= SMALL,
  )

function pygrubBoot(
  { since, until, python, kernel, offset, title, error, undecided }: PygrubSpan,
  volumes: readonly GuestVolume[],
): PygrubBoot {
  const volume = volumes.find(place => place.offset === offset) ?? { names: [] }
  return {
    since,
    until,
    python,
    ...(kernel !== undefined && { kernel: insideVolume(volume, kernel) }),
    ...(title !== undefined && { title }),
    ...(error !== undefined && { error }),
    ...(undecided !== undefined && { undecided }),
  }
}

function loaderBoot(disk: GuestDisk, volumes: readonly GuestVolume[], path: GuestPath): LoaderBoot {
  const boot: BootPath & { path: GuestPath } = { path }
  const walk = walkGuest(disk, undefined, volumes, boot)
  if (walk === undefined) {
    const unread = unreadSentence(disk, volumes)
    return { kernels: [], ...(unread !== undefined && { undecided: unread }) }
  }
  const { candidates, choice, entry, undecided } = walk
  const entries = entry === undefined ? candidates : [entry]
  const missing = entry === undefined ? undefined : missingOf(entry)
  return {
    config: choice.config,
    kernels: [...new Set(entries.flatMap(found => addressOf(found) ?? []))],
    ...(undecided !== undefined && { undecided }),
    ...(missing !== undefined && { missing }),
  }
}

const addressOf = ({ kernel, volume }: FoundEntry): string | undefined =>
  kernel === undefined || volume === undefined ? undefined : insideVolume(volume, kernel)

const missingOf = ({ kernel, volume, missing }: FoundEntry): string | undefined =>
  kernel !== undefined && volume === undefined ? kernel : missing[0]

/** All addresses of kernels in the answers. */
export function kernelsOf({ pygrub = [], restricted = [], loaders }: DiskBoot): Set<string> {
  const own = [...pygrub, ...restricted].flatMap(({ kernel }) => kernel ?? [])
  return new Set([...own, ...Object.values(loaders).flatMap(({ kernels }) => kernels)])
}

/** Opens the file at an address that one of the answers gave; undefined where it cannot be read. */
export function openKernel(
  disk: GuestDisk,
  volumes: readonly GuestVolume[],
  inside: string,
): Source | undefined {
  const [names = [], ...within] = parseInside(inside)
  for (const volume of volumes) {
    if (!volume.names.every((name, index) => names[index] === name)) continue
    try {
      let source = openIn(disk.mountVolume(volume), names.slice(volume.names.length))
      for (const path of within) {
        const file = source
        if (file !== undefined) source = openIn(disk.mountVolume({ names: [], open: () => file }), path)
      }
      if (source !== undefined) return source
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
    }
  }
  return undefined
}

const openIn = (files: GuestFiles | undefined, names: readonly string[]): Source | undefined =>
  files?.open(`/${names.join('/')}`)
