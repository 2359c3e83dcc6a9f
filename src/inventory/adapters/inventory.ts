// The project's own format, in YAML or JSON.

import { treeProblems } from '../../document/problem.ts'
import { prune } from '../../document/prune.ts'
import { fieldName, isRecord, type Path } from '../../document/tree.ts'
import { type Check, checker } from '../../document/validate.ts'
import type { Codec } from '../../facts/facts.ts'
import { CODECS } from '../../facts/facts.ts'
import { type Guest, type GuestType, pathOfKernel } from '../guest.ts'
import type { BootMode, BootPathText, HostDetails, HostEntry, ImageReference } from '../host.ts'
import { forHost, type InventoryProblem, missingVersion } from '../problem.ts'
import { guestSchema, hostSchema, inventorySchema, placementSchema, poolSchema } from '../schema.ts'
import { type Adapter, type Content, defined, emptyReading, type FileReading, words } from './adapter.ts'

type Texts = string | string[]

/** What the schema leaves of the details of a host or pool. */
interface DetailsDocument {
  xen?: string
  labels?: Record<string, string | number | boolean>
  modes?: BootMode[]
  build?: 'full' | BuildDocument
  capabilities?: { xen?: Texts; virt?: Texts }
  gates?: Record<string, string | number | boolean>
  commandline?: string
  product?: string
  'patch-level'?: string | number
}
interface BuildDocument {
  pv?: boolean
  pv32?: boolean
  pvh?: boolean
  verbose?: boolean
  decoders?: Codec[] | Partial<Record<Codec, boolean>>
}
interface HostDocument extends DetailsDocument {
  name: string
  pool?: Texts
}
interface PoolDocument extends DetailsDocument {
  members?: Texts
}
interface PlacementDocument {
  host?: Texts
  pool?: Texts
  images: Texts
  mode?: BootMode
  boot?: BootPathText
}
interface GuestDocument {
  name: string
  host?: Texts
  type?: GuestType
  boot?: BootPathText
  kernel?: string
  args?: string
  disks?: Texts
}

const SECTIONS = Object.keys(inventorySchema.properties ?? {})
const checkHost = checker(hostSchema)
const checkPool = checker(poolSchema)
const checkPlacement = checker(placementSchema)
const checkGuest = checker(guestSchema)
const checkSections = checker({
  ...inventorySchema,
  properties: {
    hosts: { title: 'a list of hosts', type: 'array' },
    pools: { title: 'a mapping of pools by name', type: 'object' },
    placements: { title: 'a list of placements', type: 'array' },
    guests: { title: 'a list of guests', type: 'array' },
  },
})

export const inventory: Adapter = {
  id: 'inventory',
  reads: "xen-preflight's own YAML or JSON (hosts, pools, placements, guests)",

  recognises(content) {
    if (!/^\s*\{/.test(content.text)) return /^(?:hosts|pools|placements|guests)[ \t]*:/m.test(content.text)
    const { value } = content.tree
    return isRecord(value) && SECTIONS.some(name => name in value)
  },

  read(content) {
    const reading = emptyReading(content.file, this.id)
    const root = content.tree.value
    for (const [index, problem] of treeProblems(content.file, content.tree).entries()) {
      const name = hostAt(root, content.tree.errors[index]?.path)
      reading.problems.push(nameHost(problem, name))
    }
    const at = new Reader(content, reading.problems)
    if (content.tree.isBroken) return reading
    if (!at.prune(root, [], checkSections) || !isRecord(root)) return reading
    const {
      hosts = [],
      pools = {},
      placements = [],
      guests = [],
    } = root as {
      hosts?: unknown[]
      pools?: Record<string, unknown>
      placements?: unknown[]
      guests?: unknown[]
    }
    for (const [index, host] of hosts.entries()) addHost(reading, at, host, ['hosts', index])
    for (const [name, pool] of Object.entries(pools)) addPool(reading, at, name, pool ?? {}, ['pools', name])
    for (const [index, placement] of placements.entries()) {
      addPlacement(reading, at, placement, ['placements', index])
    }
    for (const [index, guest] of guests.entries()) addGuest(reading, at, guest, ['guests', index])
    return reading
  },
}

/** The name of the host in which `path` lies, where it has one. */
function hostAt(root: unknown, [section, index]: Path = []): string | undefined {
  const hosts = section === 'hosts' && isRecord(root) ? root.hosts : undefined
  const host: unknown = Array.isArray(hosts) ? hosts[Number(index)] : undefined
  const name = isRecord(host) ? host.name : undefined
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : undefined
}

const nameHost = (problem: InventoryProblem, name: string | undefined): InventoryProblem =>
  name === undefined ? problem : { ...problem, message: forHost(name, problem.message) }

/** Checks parts of the document, and takes out of them what the schema does not allow. */
class Reader {
  readonly content: Content
  readonly #problems: InventoryProblem[]

  constructor(content: Content, problems: InventoryProblem[]) {
    this.content = content
    this.#problems = problems
  }

  line(path: Path): number {
    return this.content.tree.lineOf(path)
  }

  /**
   * Names the bad parts of `value` and removes them; nothing is left where all of it is bad, or the field that is vital: a
   * word that is not known is not one that was not said.
   */
  prune(
    value: unknown,
    path: Path,
    check: Check,
    leavesOut = 0,
    vital?: { field: string; of: string },
  ): { problems: InventoryProblem[] } | undefined {
    const { file, tree } = this.content
    const { problems: found, fatal, fatalProblems } = prune(file, tree, value, path, check)
    const name = hostAt(this.content.tree.value, path)
    let isUseless = fatal
    const problems = found.map(problem => {
      const told: InventoryProblem = {
        ...nameHost(problem, name),
        ...(leavesOut > 0 && fatalProblems.includes(problem) && { leavesOut }),
      }
      if (vital === undefined || problem.field !== fieldName([...path, vital.field])) return told
      isUseless = true
      return { ...told, message: `${told.message}: the ${vital.of} is left out` }
    })
    for (const problem of problems) this.#problems.push(problem)
    return isUseless ? undefined : { problems }
  }
}

function addHost(reading: FileReading, at: Reader, value: unknown, path: Path) {
  const pruned = at.prune(value, path, checkHost, 1)
  if (!pruned) return
  const host = value as HostDocument
  const field = fieldName(path)
  const line = at.line(path)
  const name = host.name.trim()
  const bad = pruned.problems.find(problem => problem.field === `${field}.xen`)
  reading.entries.push(
    defined<HostEntry>({
      name,
      xen: version(host),
      pools: list(host.pool),
      ...details(host),
      source: { file: reading.file, line, field, adapter: 'inventory', how: 'stated in the inventory' },
      missing: bad ?? missingVersion(name, { file: reading.file, line, field: `${field}.xen` }),
    }),
  )
}

function addPool(reading: FileReading, at: Reader, name: string, value: unknown, path: Path) {
  if (!at.prune(value, path, checkPool)) return
  const pool = value as PoolDocument
  reading.pools.push({
    name,
    defaults: defined({ xen: version(pool), ...details(pool) }),
    members: list(pool.members) ?? [],
    source: { file: reading.file, line: at.line(path) },
  })
}

function addPlacement(reading: FileReading, at: Reader, value: unknown, path: Path) {
  // What is pruned is not known: it must not be taken for what is not said.
  const saysBoot = typeof value === 'object' && value !== null && 'boot' in value
  if (!at.prune(value, path, checkPlacement, 0, { field: 'mode', of: 'placement' })) {
    reading.lacksPlacements = true
    return
  }
  const placement = value as Partial<PlacementDocument>
  const images = list(placement.images)
  if (!images) {
    reading.lacksPlacements = true
    return
  }
  reading.placements.push(
    defined({
      hosts: list(placement.host) ?? [],
      pools: list(placement.pool) ?? [],
      images: images.map(imageReference),
      mode: placement.mode,
      boot: placement.boot ?? (saysBoot ? 'unknown' : undefined),
      source: { file: reading.file, line: at.line(path), field: fieldName(path) },
    }),
  )
}

/** A guest; or, where nothing is said but a host, where guests of other files run. */
function addGuest(reading: FileReading, at: Reader, value: unknown, path: Path) {
  const saysBoot = typeof value === 'object' && value !== null && 'boot' in value
  if (!at.prune(value, path, checkGuest, 0, { field: 'type', of: 'guest' })) {
    reading.lacksGuests = true
    return
  }
  const guest = value as GuestDocument
  const hosts = list(guest.host)
  const source = { file: reading.file, line: at.line(path), field: fieldName(path) }
  const { args, kernel, type } = guest
  const disks = list(guest.disks)
  if (!saysBoot && kernel === undefined && type === undefined && disks === undefined) {
    if (hosts !== undefined) reading.sites.push({ guest: guest.name.trim(), hosts, source })
    return
  }
  const boot = guest.boot ?? (saysBoot ? 'unknown' : kernel === undefined ? undefined : pathOfKernel(kernel))
  const isHvm = type === 'hvm' || (type === undefined && (boot === 'hvm' || boot === 'ovmf'))
  const isPvh = type === 'pvh' || (type === undefined && boot === 'pvhgrub')
  reading.guests.push(
    defined<Guest>({
      name: guest.name.trim(),
      hosts,
      type: isHvm ? 'hvm' : isPvh ? 'pvh' : 'pv',
      boot: boot ?? (isHvm ? 'hvm' : 'direct'),
      kernel,
      args,
      disks: disks ?? [],
      fault: boot === undefined && !isHvm ? 'nothing-to-boot' : undefined,
      source: { file: reading.file, line: source.line, adapter: 'inventory' },
    }),
  )
}

function version({ xen }: DetailsDocument): string | undefined {
  return xen?.trim() || undefined
}

function details(document: DetailsDocument): HostDetails {
  const { labels, build, capabilities, modes, gates } = document
  const patchLevel = document['patch-level']
  return defined<HostDetails>({
    labels: labels && Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
    // Without one that is known it runs none: all are for hosts that say nothing.
    modes: modes?.filter(mode => mode !== undefined),
    ...buildOf(build),
    xenCaps: tokens(capabilities?.xen),
    virtCaps: tokens(capabilities?.virt),
    gates: gates && { ...gates },
    commandline: document.commandline,
    product: document.product,
    patchLevel: patchLevel === undefined ? undefined : String(patchLevel),
  })
}

const FULL: BuildDocument = { pv: true, pv32: true, pvh: true, verbose: true, decoders: [...CODECS] }

function buildOf(
  document: DetailsDocument['build'],
): Pick<HostDetails, 'pv' | 'pv32' | 'pvh' | 'verbose' | 'decoders'> {
  const build = document === 'full' ? FULL : (document ?? {})
  return {
    ...(build.pv !== undefined && { pv: build.pv }),
    ...(build.pv32 !== undefined && { pv32: build.pv32 }),
    ...(build.pvh !== undefined && { pvh: build.pvh }),
    ...(build.verbose !== undefined && { verbose: build.verbose }),
    ...(build.decoders !== undefined && { decoders: decoders(build.decoders)! }),
  }
}

type Decoders = Partial<Record<Codec, boolean>>

/** A list says which there are and so which are not; a mapping, or a list with a word that is not known, only what it names. */
function decoders(value: Codec[] | Decoders | undefined): Decoders | undefined {
  if (!Array.isArray(value)) return value && { ...value }
  const isWhole = Object.keys(value).length === value.length
  const named = isWhole ? CODECS : CODECS.filter(codec => value.includes(codec))
  return Object.fromEntries(named.map(codec => [codec, value.includes(codec)]))
}

function imageReference(image: string): ImageReference {
  return image.startsWith('sha256:') ? { digest: image.toLowerCase() } : { glob: image }
}

function list(value: Texts | undefined): string[] | undefined {
  if (value === undefined) return undefined
  const items = (Array.isArray(value) ? value : [value]).filter(item => item !== undefined)
  return items.length > 0 ? items : undefined
}

function tokens(value: Texts | undefined): string[] | undefined {
  return words(list(value)?.join(' '))
}
