/**
 * What is wrong with an inventory and only shows where it meets what it speaks of: back-ports that are none, images
 * that are not in the catalogue.
 * @module
 */
import type { HostDetails, Placement } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { InventoryProblem } from '../inventory/problem.ts'
import { readOverrides } from '../xen/host-options.ts'
import type { JudgedKernel } from './kernels.ts'
import { matchesImage } from './placement.ts'

/** Names the gates of hosts and pools that no release knows, or that cannot be worth what is said. */
export function gateFaults({ readings }: Pick<Inventory, 'readings'>): InventoryProblem[] {
  return readings.flatMap(({ entries, pools }) => [
    ...entries.flatMap(({ gates, source: { file, line, field } }) => faultsOf(gates, file, line, field)),
    ...pools.flatMap(({ name, defaults, source: { file, line } }) =>
      faultsOf(defaults.gates, file, line, `pools.${name}`),
    ),
  ])
}

const faultsOf = (
  gates: HostDetails['gates'],
  file: string,
  line: number,
  field: string | undefined,
): InventoryProblem[] =>
  readOverrides(gates).problems.map(({ gate, message }) => ({
    code: 'unknown-gate',
    severity: 'error',
    file,
    line,
    ...(field !== undefined && { field: `${field}.gates.${gate}` }),
    message,
  }))

/** Names what placements speak of and the catalogue does not have. */
export function placementFaults(
  placements: readonly Placement[],
  kernels: readonly JudgedKernel[],
): InventoryProblem[] {
  // Where only new kernels are asked about, the catalogue is not there to be compared with.
  const known = kernels.filter(({ added }) => added !== true)
  if (known.length === 0) return []
  return placements.flatMap(({ images, source: { file, line, field } }) =>
    images.flatMap((reference, index): InventoryProblem[] => {
      const isThere = known.some(kernel =>
        kernel.images.some(image => matchesImage(reference, image, kernel.digests.get(image))),
      )
      if (isThere) return []
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
          message: `expected an image of the catalogue, found ${name}, which is none of them${hint}`,
        },
      ]
    }),
  )
}
