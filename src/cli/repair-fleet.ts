/**
 * `repair --plan`: the smallest set of repairs after which nothing that should run is refused.
 * @module
 */

import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import pLimit from 'p-limit'
import { groupBuilds, type JudgedBuild } from '../findings/builds.ts'
import { ImageIndex } from '../findings/image-index.ts'
import { groupKernels, type JudgedKernel } from '../findings/kernels.ts'
import { type Placed, placeKernels } from '../findings/placement.ts'
import { declaredModes } from '../findings/question.ts'
import { createEngine } from '../fleet/engines.ts'
import { thisMachine } from '../fleet/machine.ts'
import { makeInWorker } from '../fleet/repair/make-in-worker.ts'
import { columnMapText } from '../inventory/columns.ts'
import { fileDigest } from '../read/digest.ts'
import { type FleetOptions, type FleetRepair, fleetScript } from '../repair/fleet-row.ts'
import { levelFor } from '../repair/make.ts'
import { planRepair } from '../repair/plan.ts'
import { proveVerdicts } from '../repair/prove.ts'
import {
  hasOwnLoader,
  hypervisorTarget,
  loaderTarget,
  type RepairTarget,
  targetName,
} from '../repair/target.ts'
import { type FleetCounts, fleetRepairTable } from '../report/fleet-repair-table.ts'
import { planDocument } from '../report/repair-document.ts'
import { TextSetter } from '../report/text-setter.ts'
import { parseBootPath } from '../xen/boot-path/boot-path.ts'
import { buildOptionText } from '../xen/build-option.ts'
import { resolveTarget } from '../xen/target.ts'
import { isUnread } from '../xen/unread.ts'
import { Catalogue, scanCatalogue } from './catalogue.ts'
import { EXIT_DONE, EXIT_FAILED, EXIT_FINDINGS } from './exit-codes.ts'
import { withImage } from './image-source.ts'
import { parseAddress } from './inside.ts'
import { writeKernel } from './kernel-file.ts'
import { inputFiles } from './inputs.ts'
import { loadInventory } from './load-inventory.ts'
import { assertReplaceable, type Output, openOutput, parseOutputs, styleOf } from './outputs.ts'
import { scanOptions } from './read-options.ts'
import type { RepairFlags } from './repair-run.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'
import { openElf } from './whole-elf.ts'

export interface FleetFlags extends RepairFlags {
  /** Formats of the plan, and the directory for repaired kernels. */
  outputs: readonly string[]
  script?: string
  apply: boolean
  progress: boolean
}

const DEFAULT_DIRECTORY = 'repaired'
const FORMATS = ['table', 'json'] as const
type Format = (typeof FORMATS)[number]

/** What is no format of the plan, such as `json` or `json=FILE`, is the directory. */
function outputsOf(given: readonly string[]): { directory: string; plans: Output<Format>[] } {
  const isFormat = (text: string) => FORMATS.some(format => format === text.split('=', 1)[0])
  const [directory = DEFAULT_DIRECTORY, ...more] = given.filter(text => !isFormat(text))
  if (more.length > 0) {
    throw new UsageError(
      `Cannot put repaired kernels into ${[directory, ...more].join(' and ')}: expected one directory`,
    )
  }
  const plans = parseOutputs(given.filter(isFormat), FORMATS)
  return { directory, plans: plans.length > 0 ? plans : [{ format: 'table' }] }
}

/** Prints the plan, writes the script, and makes the repairs where `--apply` is given. Returns the exit code. */
export async function repairFleet(paths: readonly string[], flags: FleetFlags): Promise<number> {
  const { inventory: files } = flags
  const { directory, plans } = outputsOf(flags.outputs)
  if (files === undefined) throw new UsageError('Cannot plan repairs without a fleet: give --inventory')
  assertOutside(directory, paths)
  const inputs = inputFiles(
    paths.map(path => parseAddress(path).path),
    { inventory: files },
  )
  const script: Output<'script'>[] =
    flags.script === undefined ? [] : [{ format: 'script', file: flags.script }]
  for (const output of [...plans, ...script]) assertReplaceable(output, inputs)
  const inventory = loadInventory(files, flags.map)
  const builds = groupBuilds(inventory.hosts, flags.build)
  const modes = flags.mode ?? declaredModes(inventory.hosts)
  const catalogue = new Catalogue()
  for await (const image of scanCatalogue(paths, flags)) catalogue.take(image)
  const kernels = groupKernels(catalogue.images)
  const images = new ImageIndex(kernels)
  const lacks = inventory.readings.some(({ lacksPlacements }) => lacksPlacements)
  const placed = placeKernels(kernels, builds, inventory.placements, modes, images, lacks)
  const cellsOf: Placed[][] = kernels.map(() => [])
  for (const cell of placed) cellsOf[cell.kernel]!.push(cell)
  const repairs: FleetRepair[] = []
  const names = new Set<string>()
  for (const [index, kernel] of kernels.entries()) {
    const cells = cellsOf[index]!
    for (const images of await sameBytes(kernel, flags)) {
      const repair = await planOf(kernel, images, cells, builds, flags)
      if (repair !== undefined) repairs.push(named(repair, directory, names))
    }
  }
  repairs.sort((a, b) => b.cured - a.cured)
  const refused = repairs.reduce((sum, repair) => sum + repair.refused, 0)
  const options: FleetOptions = { inventory: files, directory, rest: restOf(flags) }
  const counts = { kernels: kernels.length, refused }
  for (const plan of plans) await writeText(plan, planText(plan, repairs, counts, options), inputs)
  for (const output of script)
    await writeText(output, fleetScript(repairs, options, `xen-preflight ${toolVersion()}`), inputs)
  const failed = flags.apply ? await apply(repairs, directory, flags, inputs) : 0
  if (failed > 0) return EXIT_FAILED
  return repairs.every(({ choice }) => choice.plan.open.length === 0) ? EXIT_DONE : EXIT_FINDINGS
}

/** Options that decide what a host takes: the command of each repair has to ask the same. */
const restOf = ({ build, map }: FleetFlags): string[] => [
  ...(build === undefined ? [] : ['--build', buildOptionText(build)]),
  ...(map === undefined ? [] : ['--map', columnMapText(map)]),
]

/** A path without links, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const whole = resolve(path)
    return dirname(whole) === whole ? whole : join(real(dirname(whole)), basename(whole))
  }
}

/** What is written below a path that is scanned would be a kernel of the catalogue the next time. */
function assertOutside(directory: string, paths: readonly string[]): void {
  const place = real(directory)
  for (const path of paths) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) continue
    const scanned = real(path)
    if (place === scanned || place.startsWith(scanned.endsWith(sep) ? scanned : scanned + sep)) {
      throw new UsageError(
        `Cannot put repaired kernels into ${directory}: it lies in ${path}, which is scanned, and they would be taken for kernels of the catalogue`,
      )
    }
  }
}

/** The images of a kernel by their bytes: equal facts do not make equal files. */
async function sameBytes({ images, problem }: JudgedKernel, flags: FleetFlags): Promise<string[][]> {
  if (images.length === 1 || (problem !== undefined && isUnread(problem))) return [images]
  const groups = new Map<string, string[]>()
  for (const image of images) {
    const digest = await withImage(image, flags, async ({ source }) =>
      fileDigest(source, thisMachine.sha256()),
    )
    groups.set(digest, [...(groups.get(digest) ?? []), image])
  }
  return [...groups.values()]
}

/** A kernel where it runs: what it has to start on, and for how many guests. */
interface Wanted {
  target: RepairTarget
  guests: number
}

function wantedOf(
  cells: readonly Placed[],
  builds: readonly JudgedBuild[],
  images: readonly string[],
): Wanted[] {
  const wanted = new Map<string, Wanted>()
  for (const { build, mode, guests, hosts, images: placed, paths } of cells) {
    const own = placed.filter(image => images.includes(image)).length
    if (own === 0) continue
    const { label, version, options } = builds[build]!
    const boots = paths.map(text => parseBootPath(text)).filter(path => typeof path !== 'string')
    const loaders = boots.filter(hasOwnLoader)
    const targets = loaders.map(loaderTarget)
    if (loaders.length === 0 || loaders.length < boots.length) {
      targets.push(hypervisorTarget(label, resolveTarget(version, options), mode, hosts))
    }
    for (const target of targets) {
      const known = wanted.get(targetName(target))
      const count = Math.ceil((guests * own) / placed.length)
      if (known === undefined) wanted.set(targetName(target), { target, guests: count })
      else known.guests += count
    }
  }
  return [...wanted.values()]
}

/** The repair that a kernel needs; undefined where nothing refuses it, or where it could not be read. */
async function planOf(
  { facts, problem }: JudgedKernel,
  images: readonly string[],
  cells: readonly Placed[],
  builds: readonly JudgedBuild[],
  flags: FleetFlags,
): Promise<FleetRepair | undefined> {
  const [image, ...copies] = images
  const wanted = wantedOf(cells, builds, images)
  const isRefused = ({ target }: Wanted) => target.ask(facts).verdict === 'refuses'
  const refusing = wanted.filter(isRefused)
  if (refusing.length === 0 || facts.elf === undefined) return undefined
  if (problem !== undefined && isUnread(problem)) return undefined
  const count = (items: readonly Wanted[]) => items.reduce((sum, { guests }) => sum + guests, 0)
  return withImage(image!, flags, async file => {
    const opened = openElf(image!, file.source, flags)
    try {
      const targets = wanted.map(({ target }) => target)
      const choice = planRepair({ facts: opened.facts, elf: opened.elf }, targets, createEngine('typescript'))
      const open = new Set(choice.plan.open.map(({ target }) => target))
      return {
        image: image!,
        copies,
        facts: opened.facts,
        choice,
        refused: count(refusing),
        cured: count(refusing.filter(({ target }) => !open.has(target))),
        targets: targets.map(forWord),
      }
    } finally {
      opened.close()
    }
  })
}

/** A target as `--for` takes it: a host stands for its build. */
const forWord = ({ label, mode, hosts }: RepairTarget): string =>
  mode === undefined ? label : `${hosts?.[0] ?? label}:${mode}`

/** Gives a repair a file of its own name in the directory. */
function named(repair: FleetRepair, directory: string, names: Set<string>): FleetRepair {
  if (repair.cured === 0) return repair
  const name = basename(repair.image).replace(/[^\w.+-]/g, '_') || 'kernel'
  let free = name
  for (let number = 2; names.has(free); number++) free = `${name}-${number}`
  names.add(free)
  return { ...repair, output: join(directory, free) }
}

const planText = (
  output: Output<Format>,
  repairs: readonly FleetRepair[],
  counts: FleetCounts,
  options: FleetOptions,
): string =>
  output.format === 'json'
    ? `${JSON.stringify(planDocument(repairs, counts, options), null, 2)}\n`
    : fleetRepairTable(repairs, counts, new TextSetter(styleOf(output)))

async function writeText(output: Output<string>, text: string, inputs: readonly string[]): Promise<void> {
  const sink = openOutput(output, inputs)
  await sink.write(text)
  sink.end('whole')
}

/** Makes the kernels, as many at once as there may be workers. Returns how many could not be made. */
async function apply(
  repairs: readonly FleetRepair[],
  directory: string,
  flags: FleetFlags,
  inputs: readonly string[],
): Promise<number> {
  const made = repairs.filter(({ output }) => output !== undefined)
  if (made.length > 0) mkdirSync(directory, { recursive: true })
  const limit = pLimit(Math.max(1, flags.workers))
  const failures = await Promise.all(made.map(repair => limit(() => applyOne(repair, flags, inputs))))
  return failures.filter(failure => failure).length
}

async function applyOne(
  { image, choice, facts, output }: FleetRepair,
  flags: FleetFlags,
  inputs: readonly string[],
): Promise<boolean> {
  const { path, inside } = parseAddress(image)
  const { engine, read } = scanOptions(flags)
  const { plan } = choice
  const origin = { paths: [path, ...inputs], ...(inside === undefined && { like: path }) }
  try {
    await writeKernel(output!, origin, async unfinished => {
      const { after } = await makeInWorker({
        path,
        ...(inside !== undefined && { inside }),
        engine,
        limits: read.limits ?? {},
        containers: read.containers ?? {},
        edit: plan.edit,
        form: plan.form,
        level: flags.level ?? levelFor(facts),
        output: unfinished.path,
      })
      proveVerdicts(
        after,
        plan.accepted.map(({ target }) => target),
      )
    })
    tell(`Written: ${output}`)
    return false
  } catch (error) {
    tell(`${image}: ${(error as Error).message}`)
    return true
  }
}
