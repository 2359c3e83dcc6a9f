// From what the files say to guests: disks attached, hosts by their names.

import type { FileReading } from './adapters/adapter.ts'
import { type Attachment, type Guest, nothingPassedOver, type PassedOver, type Site } from './guest.ts'
import type { HostEntry } from './host.ts'
import { isGlob, matchesName } from './name-glob.ts'
import type { InventoryProblem } from './problem.ts'

/** All guests in the order of the readings; one that two files describe by the same uuid is taken from the first. */
export function resolveGuests(
  readings: readonly FileReading[],
  hosts: readonly HostEntry[],
  problems: InventoryProblem[],
): Guest[] {
  const disks = disksByGuest(readings.flatMap(({ attachments }) => attachments))
  const sites = readings.flatMap(reading => reading.sites)
  const nameOf = new Map(hosts.flatMap(({ name, uuid }) => (uuid === undefined ? [] : [[uuid, name]])))
  const names = hosts.map(({ name }) => name)
  const known = new Set(names)
  const used = new Set<Site>()
  const seen = new Set<string>()
  const guests: Guest[] = []
  for (const guest of serversAsTheirImages(
    readings.flatMap(reading => reading.guests),
    problems,
  )) {
    if (guest.uuid !== undefined) {
      if (seen.has(guest.uuid)) continue
      seen.add(guest.uuid)
    }
    const attached = disks.get(guest.uuid ?? '') ?? disks.get(guest.name) ?? []
    const { hosts: said, ...rest } = guest
    const own = said ?? sitesOf(guest, sites, used)
    const running = own?.flatMap(host => {
      const found = hostNames(nameOf.get(host) ?? host, known, names)
      if (found.length === 0) problems.push(unknownHost(guest, host))
      return found
    })
    guests.push({
      ...rest,
      ...(running !== undefined && running.length > 0 && { hosts: running }),
      disks: [...new Set([...guest.disks, ...attached])],
    })
  }
  for (const site of sites) if (!used.has(site)) problems.push(unknownGuest(site))
  return guests
}

/** Servers with what their images say of how they boot. An image that servers were made from is no guest of its own. */
function serversAsTheirImages(guests: readonly Guest[], problems: InventoryProblem[]): Guest[] {
  const wanted = new Set(guests.flatMap(({ image }) => image ?? []))
  const images = new Map(
    guests
      .filter(
        ({ source, uuid }) => source.adapter === 'openstack-image' && uuid !== undefined && wanted.has(uuid),
      )
      .map(guest => [guest.uuid!, guest]),
  )
  return guests.flatMap(guest => {
    if (guest.image === undefined && guest.source.adapter !== 'openstack-server')
      return images.has(guest.uuid ?? '') ? [] : guest
    const image = images.get(guest.image ?? '')
    if (image === undefined) {
      problems.push(unknownImage(guest))
      return []
    }
    const { disks, name, source, uuid, hosts } = guest
    return {
      ...image,
      ...{ name, disks, source, image: image.uuid! },
      ...(uuid !== undefined && { uuid }),
      ...(hosts !== undefined && { hosts }),
    }
  })
}

const hostNames = (host: string, known: ReadonlySet<string>, names: readonly string[]): string[] =>
  known.has(host) ? [host] : isGlob(host) ? names.filter(name => matchesName(host, name)) : []

/** The bootable disk first; the order of the records is kept otherwise. */
function disksByGuest(attachments: readonly Attachment[]): Map<string, string[]> {
  const disks = new Map<string, string[]>()
  for (const bootable of [true, false]) {
    for (const attachment of attachments) {
      if (attachment.bootable !== bootable) continue
      const list = disks.get(attachment.guest)
      if (list === undefined) disks.set(attachment.guest, [attachment.disk])
      else list.push(attachment.disk)
    }
  }
  return disks
}

function sitesOf({ name }: Guest, sites: readonly Site[], used: Set<Site>): string[] | undefined {
  const meant = sites.filter(({ guest }) => matchesName(guest, name))
  for (const site of meant) used.add(site)
  return meant.length === 0 ? undefined : meant.flatMap(({ hosts }) => hosts)
}

function unknownHost({ name, source: { file, line } }: Guest, host: string): InventoryProblem {
  const message = `expected a host of the inventory for guest ${name}, found ${host}`
  return { code: 'unknown-host', severity: 'warning', file, line, message }
}

function unknownImage({ image, name, source: { file, line } }: Guest): InventoryProblem {
  const found = image === undefined ? 'that it boots from a volume' : `no ${image}`
  const message = `expected the image of server ${name} among the images of OpenStack, found ${found}: the server is left out`
  return { code: 'unknown-image', severity: 'warning', file, line, message }
}

function unknownGuest({ guest, source }: Site): InventoryProblem {
  const message = `expected a guest of the inventory, found ${guest}`
  return { code: 'unknown-guest', severity: 'error', ...source, message }
}

/** What all files together have that is no guest. */
export function passedOverIn(readings: readonly FileReading[]): PassedOver {
  const sum = nothingPassedOver()
  for (const { passedOver } of readings) {
    for (const key of Object.keys(sum) as (keyof PassedOver)[]) sum[key] += passedOver[key]
  }
  return sum
}
