/**
 * What is wrong with an inventory and only shows where hosts, gates and images are known: gates that no model asks, images
 * that are not in the catalogue.
 * @module
 */
import {
  type BootPathText,
  type HostDetails,
  type HostSource,
  type Placement,
  targetVersion,
} from '../inventory/host.ts'
import { type Inventory, mergeInventories } from '../inventory/inventory.ts'
import { forGuest, forHost, type InventoryProblem } from '../inventory/problem.ts'
import { parseBootPath, pathNamed } from '../xen/boot-path/boot-path.ts'
import { readOverrides } from '../xen/host-options.ts'
import { parseXenVersion, type XenVersion } from '../xen/version-string.ts'
import type { ImageIndex } from './image-index.ts'
import type { JudgedKernel } from './kernels.ts'

type Located = Pick<HostSource, 'file' | 'line' | 'field'>

/**
 * One inventory of those of several files, or of what was wrong with reading them; `problems` has all that is wrong, in the
 * order of the files and their lines.
 */
export function joinInventories(
  read: readonly (Inventory | InventoryProblem)[],
  files: readonly string[],
): Inventory {
  const merged = mergeInventories(read.filter(result => 'readings' in result))
  const unread = read.filter(result => 'code' in result)
  const problems = [
    ...unread,
    ...merged.problems,
    ...loaderFaults(merged),
    ...versionFaults(merged),
    ...gateFaults(merged),
  ]
  const place = new Map(files.map((file, index) => [file, index]))
  const placeOf = ({ file }: InventoryProblem) => place.get(file) ?? -1
  problems.sort((a, b) => placeOf(a) - placeOf(b) || (a.line ?? 0) - (b.line ?? 0))
  return { ...merged, problems }
}

/** Names the gates of hosts and pools that no release knows, or that cannot be worth what is said. */
export function gateFaults({ readings }: Pick<Inventory, 'readings'>): InventoryProblem[] {
  return readings.flatMap(({ entries, pools }) => [
    ...entries.flatMap(({ name, gates, source }) =>
      gateProblems(gates, at(source)).map(problem => ({
        ...problem,
        message: forHost(name, problem.message),
      })),
    ),
    ...pools.flatMap(({ name, defaults, source: { file, line } }) =>
      gateProblems(defaults.gates, { file, line, field: `pools.${name}` }),
    ),
  ])
}

const at = ({ file, line, field }: Located): Located => ({
  file,
  line,
  ...(field !== undefined && { field }),
})

const gateProblems = (gates: HostDetails['gates'], { field, ...where }: Located): InventoryProblem[] =>
  readOverrides(gates).problems.map(({ gate, message }) => ({
    code: 'unknown-gate',
    severity: 'error',
    ...where,
    ...(field !== undefined && { field: `${field}.gates.${gate}` }),
    message,
  }))

/** Names the versions of boot loaders that are none; the schema knows the loaders, and not their versions. */
export function loaderFaults({ readings }: Pick<Inventory, 'readings'>): InventoryProblem[] {
  return readings.flatMap(({ placements, guests }) => [
    ...placements.flatMap(({ boot, source }) =>
      loaderProblems(boot, { ...source, field: `${source.field}.boot` }),
    ),
    ...guests.flatMap(({ name, boot, source: { file, line } }) =>
      loaderProblems(boot, { file, line }).map(problem => ({
        ...problem,
        message: forGuest(name, problem.message),
      })),
    ),
  ])
}

function loaderProblems(boot: BootPathText | undefined, where: Located): InventoryProblem[] {
  // What names no loader at all was told when the inventory was read.
  if (boot === undefined || pathNamed(boot) === undefined) return []
  const path = parseBootPath(boot)
  return typeof path === 'string' ? [{ code: 'wrong-value', severity: 'error', ...where, message: path }] : []
}

/** Names the versions of hosts and pools that are taken for no release: of such a host nothing can be said. */
export function versionFaults({ readings }: Pick<Inventory, 'readings'>): InventoryProblem[] {
  // Thousands of hosts run few versions.
  const known = new Map<string, XenVersion>()
  const problemsOf = (text: string, where: Located) => {
    const version = known.get(text) ?? parseXenVersion(text)
    known.set(text, version)
    return versionProblems(version, where)
  }
  return readings.flatMap(({ entries, pools }) => [
    ...entries.flatMap(({ name, xen, seriesOnly, source }) =>
      xen === undefined
        ? []
        : problemsOf(targetVersion({ xen, ...(seriesOnly && { seriesOnly }) }), at(source)).map(problem => ({
            ...problem,
            message: forHost(name, problem.message),
          })),
    ),
    ...pools.flatMap(({ name, defaults: { xen }, source: { file, line } }) =>
      xen === undefined ? [] : problemsOf(xen, { file, line, field: `pools.${name}` }),
    ),
  ])
}

function versionProblems(
  { ask, kind, remarks }: XenVersion,
  { field, ...where }: Located,
): InventoryProblem[] {
  if (ask.length > 0) return []
  return [
    {
      code: 'unknown-version',
      // Xen 3.0 is a true answer, of which only the loader is not known here.
      severity: kind === 'before-libelf' ? 'warning' : 'error',
      ...where,
      ...(field !== undefined && { field: `${field}.xen` }),
      message: remarks.join('; '),
    },
  ]
}

/** Names what placements speak of and the catalogue does not have. */
export function placementFaults(
  placements: readonly Placement[],
  kernels: readonly JudgedKernel[],
  catalogue: ImageIndex,
): InventoryProblem[] {
  // Where only new kernels are asked about, the catalogue is not there to be compared with.
  const known = kernels.filter(({ added }) => added !== true)
  if (known.length === 0) return []
  return placements.flatMap(({ images, source: { file, line, field } }) =>
    images.flatMap((reference, index): InventoryProblem[] => {
      const found = [...catalogue.find([reference]).keys()]
      if (found.some(kernel => kernels[kernel]!.added !== true)) return []
      const name = 'glob' in reference ? reference.glob : reference.digest
      const hint =
        'digest' in reference && known.every(({ digests }) => digests.size === 0)
          ? '; no record has a digest: read the images with --digest'
          : ''
      return [
        {
          code: 'unknown-image',
          severity: 'error',
          file,
          line,
          field: images.length === 1 ? `${field}.images` : `${field}.images[${index}]`,
          message: `expected an image of the catalogue, found ${name}, which is not in it${hint}`,
        },
      ]
    }),
  )
}
