/**
 * What the run met on its way, and is no result: images that were not read whole, faults of the inventory.
 * @module
 */
import type { Audit, Kernel } from '../../../findings/model.ts'
import { problemLine } from '../../../inventory/problem.ts'
import type { Artifacts } from './artifacts.ts'
import { plural } from '../../../findings/plural.ts'
import { kernelName, listed } from '../names.ts'
import { message } from './message.ts'
import { RESULTS } from './result-rows.ts'

/** A result that is left out. */
interface LeftOut {
  kernel: Pick<Kernel, 'images'>
  cause: string
}

/** Notifications (3.58). */
export function notifications(
  { kernels, inventory, expired }: Pick<Audit, 'kernels' | 'inventory' | 'expired'>,
  artifacts: Artifacts,
  left: readonly LeftOut[],
) {
  const images = kernels.flatMap(({ problem, images: [image] }) =>
    problem === undefined || image === undefined
      ? []
      : [
          {
            level: 'warning',
            descriptor: { id: problem.code },
            message: message(problem.message),
            locations: [{ physicalLocation: { artifactLocation: artifacts.location(image) } }],
          },
        ],
  )
  const faults = inventory.problems.map(problem => ({
    level: problem.severity,
    descriptor: { id: problem.code },
    message: message(problemLine(problem)),
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifacts.place(problem.file),
          ...(problem.line !== undefined && { region: { startLine: problem.line } }),
        },
      },
    ],
  }))
  const rules = expired.map(rule => ({
    level: 'warning',
    descriptor: { id: 'ignore-rule-expired' },
    message: message(`This ignore rule has expired: ${rule}`),
  }))
  return [...leftOut(left), ...images, ...faults, ...rules]
}

/** So many of the results that are left out are named. */
const NAMED = 20

/** Results that are more than a service shows. */
function leftOut(rows: readonly LeftOut[]) {
  if (rows.length === 0) return []
  const names = rows.map(({ kernel, cause }) => `${kernelName(kernel)} (${cause})`)
  const text = `${plural(rows.length, 'result')} left out, the least grave of all: a service shows no more than ${RESULTS}. The JSON report has them: ${listed(names, NAMED)}`
  return [{ level: 'warning', descriptor: { id: 'results-left-out' }, message: message(text) }]
}
