/**
 * What every format of a comparison of upgrades needs: its interface, names and sentences.
 * @module
 */
import { plural } from '../../findings/plural.ts'
import { targetRuns, type UpgradeTargets } from '../../findings/targets.ts'
import type { Change } from '../../findings/model.ts'
import type { AuditReportOptions } from '../audit/report.ts'

/** Text, or text in pieces where it may be long. A format is pure: the same comparison gives the same bytes. */
export type TargetsFormat = (found: UpgradeTargets, options: AuditReportOptions) => string | Iterable<string>

/** What becomes of guests, in the order of columns. */
export const COLUMNS: readonly Change[] = ['breaks', 'uncertain', 'fixed', 'still-broken', 'still-fine']

export const titleOf = ({ title, targets }: UpgradeTargets): string =>
  title ?? `Upgrade to one of ${plural(targets.length, 'release')} of Xen`

export const subjectOf = ({ kernels, inventory, modes }: UpgradeTargets): string => {
  const images = kernels.reduce((sum, kernel) => sum + kernel.images.length, 0)
  const { files } = inventory
  return `${plural(images, 'image')} of ${plural(kernels.length, 'kernel')}, hosts of ${files.join(', ')}; ${modes.join(', ')}`
}

export const originOf = ({ tool, created }: UpgradeTargets): string => `${tool}, ${created}`

/** `4.15.0 – 4.22.0`: releases that follow one another and change the same. */
export interface TargetSpan {
  name: string
  from: number
  to: number
  isBest: boolean
}

export const spansOf = (found: UpgradeTargets): TargetSpan[] =>
  targetRuns(found).map(({ from, to }) => ({
    name: from === to ? found.targets[from]!.to : `${found.targets[from]!.to} – ${found.targets[to]!.to}`,
    ...{ from, to, isBest: from <= found.best && found.best <= to },
  }))

/** The sentence to read where there is time for one. */
export function verdictLine({ targets, best, unit }: UpgradeTargets): string {
  const { to, changes } = targets[best]!
  const doubt = changes.uncertain > 0 ? `, ${changes.uncertain} in doubt` : ''
  return `Xen ${to} breaks least: ${changes.breaks} of the ${unit} break${doubt}, ${changes.fixed} are fixed`
}

/** The rows that some release breaks, or of which it is in doubt. */
export const troubledRows = ({ rows }: UpgradeTargets) =>
  rows.filter(({ changes }) => changes.some(change => change === 'breaks' || change === 'uncertain'))

/** The releases of which `values` has the wanted one, neighbours as one: `4.15.0 – 4.17.4, 4.20.0`. */
export function releasesWith<Value>(
  { targets }: UpgradeTargets,
  values: readonly Value[],
  wanted: NonNullable<Value>,
): string {
  const spans: string[] = []
  let start: number | undefined
  for (let index = 0; index <= values.length; index++) {
    if (values[index] === wanted) start ??= index
    else if (start !== undefined) {
      const [first, last] = [targets[start]!.to, targets[index - 1]!.to]
      spans.push(first === last ? first : `${first} – ${last}`)
      start = undefined
    }
  }
  return spans.join(', ')
}
