/**
 * What the run met on its way, and is no result: images that were not read whole, faults of the inventory.
 * @module
 */
import type { Audit } from '../../../findings/model.ts'
import { problemLine } from '../../../inventory/problem.ts'
import { type Artifacts, uriOf } from './artifacts.ts'
import { message } from './message.ts'

/** Notifications (3.58). */
export function notifications({ kernels, inventory, expired }: Audit, artifacts: Artifacts) {
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
          artifactLocation: { uri: uriOf(problem.file) },
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
  return [...images, ...faults, ...rules]
}
