/**
 * The disks from which the guests of an inventory boot: found among the files that were scanned, and walked.
 * @module
 */
import { askDisk, type DiskBoot, type DiskQuestion, kernelsOf, openKernel } from '../boot/disk-boot.ts'
import { GuestDisk } from '../boot/guest-disk.ts'
import { guestView, guestVolumes } from '../boot/guest-volumes.ts'
import { ContainerError } from '../containers/container-error.ts'
import type { Engine } from '../engine/engine.ts'
import { FileIndex } from '../findings/file-index.ts'
import { AROUND_TITLES, type FoundDisk } from '../findings/guest-outcome.ts'
import type { CatalogueImage } from '../findings/kernels.ts'
import { ContainerSession } from '../fleet/container-session.ts'
import { createEngine } from '../fleet/engines.ts'
import { openImage } from '../fleet/open-image.ts'
import type { Guest } from '../inventory/guest.ts'
import { type Host, targetVersion } from '../inventory/host.ts'
import { problemLine } from '../inventory/problem.ts'
import { SourceError } from '../source/source.ts'
import { readImage } from '../unwrap/read-image.ts'
import { parseBootPath } from '../xen/boot-path/boot-path.ts'
import type { Release } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { tell } from './screen.ts'

export interface GuestDisks {
  disk(guest: Guest): FoundDisk | undefined
  /** Kernels that guests boot and that the scan did not meet. */
  images: CatalogueImage[]
}

/** So many disks that fit one name are named. */
const NAMED = 3

/**
 * Finds and walks the disks of `guests`. `scanned` are the addresses of the files of the scan, which are opened again;
 * `images` are those of the catalogue, of which containers are known that need not be there any more. What cannot be
 * read is said on stderr, and is a disk that was not walked.
 */
export function readGuestDisks(
  guests: readonly Guest[],
  scanned: ReadonlySet<string>,
  images: readonly CatalogueImage[],
  flags: ReadFlags,
  { hosts, to }: { hosts: readonly Host[]; to: readonly string[] },
): GuestDisks {
  const asked = guests.filter(needsDisk)
  const disks = new Map<Guest, string>()
  if (asked.length === 0) return { disk: () => undefined, images: [] }
  const known = new Set(images.map(({ image }) => image))
  const index = new FileIndex(new Set([...scanned, ...[...known].flatMap(image => containerOf(image) ?? [])]))
  const questions = new Map<string, Set<DiskQuestion>>()
  const releases = new Map<string, Set<Release>>()
  const releasesOf = releasesByHost(hosts, to)
  for (const guest of asked) {
    const address = diskOf(guest, index)
    if (address === undefined) continue
    disks.set(guest, address)
    const set = questions.get(address) ?? new Set()
    questions.set(address, set)
    for (const question of questionsOf(guest)) set.add(question)
    const all = releases.get(address) ?? new Set()
    releases.set(address, all)
    for (const release of releasesOf(guest)) all.add(release)
  }
  const engine = createEngine(scanOptions(flags).engine)
  const boots = new Map<string, DiskBoot>()
  const more: CatalogueImage[] = []
  for (const [address, wanted] of questions) {
    if (!scanned.has(address)) continue
    const boot = walkDisk(address, wanted, [...releases.get(address)!], flags, known, engine, more)
    if (boot !== undefined) boots.set(address, boot)
  }
  return {
    disk(guest) {
      const address = disks.get(guest)
      if (address === undefined) return undefined
      const boot = boots.get(address)
      return { address, ...(boot !== undefined && { boot }) }
    },
    images: more,
  }
}

/** The releases that are asked for a guest: of its hosts, and where there is an upgrade, of that and around what it changes. */
function releasesByHost(hosts: readonly Host[], to: readonly string[]): (guest: Guest) => Iterable<Release> {
  const own = new Map(hosts.map(host => [host.name, parseXenVersion(targetVersion(host)).ask]))
  const all = new Set([...own.values()].flat())
  const later =
    to.length === 0 ? [] : [...to.flatMap(version => parseXenVersion(version).ask), ...AROUND_TITLES]
  return ({ hosts: running }) => [
    ...(running === undefined ? all : running.flatMap(host => own.get(host) ?? [])),
    ...later,
  ]
}

const needsDisk = ({ type, boot, disks, fault }: Guest): boolean =>
  type !== 'hvm' && boot !== 'direct' && boot !== 'ovmf' && fault === undefined && disks.length > 0

function containerOf(image: string): string | undefined {
  const mark = image.indexOf('!/')
  return mark === -1 ? undefined : image.slice(0, mark)
}

/** The file of the disk that the guest boots from. */
function diskOf({ name, disks, image, source: { file, line } }: Guest, index: FileIndex): string | undefined {
  const own = index.find(disks[0]!)
  // A server whose own disk is not there boots what its image has, until it is upgraded.
  const found = own.length > 0 || image === undefined ? own : index.find(image)
  if (found.length < 2) return found[0]
  const some = found.slice(0, NAMED).join(', ')
  const message = `expected one file for disk ${disks[0]} of guest ${name}, found ${found.length}: ${some}`
  tell(problemLine({ file, line, message }))
  return undefined
}

function questionsOf({ boot, toolstack, restricted }: Guest): DiskQuestion[] {
  // XAPI runs pygrub de-privileged or not by its version: before and after an upgrade they may differ.
  if (boot === 'pygrub') return restricted || toolstack === 'xapi' ? ['pygrub', 'restricted'] : ['pygrub']
  const path = parseBootPath(boot)
  if (typeof path === 'string') return []
  return path.path === 'pv-grub' || path.path === 'pvgrub2' || path.path === 'pvhgrub' ? [path.path] : []
}

function walkDisk(
  address: string,
  questions: ReadonlySet<DiskQuestion>,
  releases: readonly Release[],
  flags: ReadFlags,
  known: Set<string>,
  engine: Engine,
  more: CatalogueImage[],
): DiskBoot | undefined {
  const { read } = scanOptions(flags)
  try {
    const file = openImage(address, read.remote)
    const session = new ContainerSession(engine.name, file, read.containers ?? {})
    try {
      const source = guestView(file, session.context)
      const disk = new GuestDisk(source, session.context)
      const volumes = guestVolumes(source, session.context)
      const boot = askDisk(disk, volumes, questions, releases)
      for (const inside of kernelsOf(boot)) {
        const image = `${address}!/${inside}`
        if (known.has(image)) continue
        known.add(image)
        const kernel = openKernel(disk, volumes, inside)
        if (kernel === undefined) continue
        const { facts, problem } = readImage(engine, kernel)
        more.push({ image, record: { kind: facts.kind, facts, ...(problem !== undefined && { problem }) } })
      }
      return boot
    } finally {
      session.close()
      file.close()
    }
  } catch (error) {
    if (!(error instanceof SourceError || error instanceof ContainerError)) throw error
    tell(`${address}: which kernel boots from this disk is not known: ${error.message}`)
    return undefined
  }
}
