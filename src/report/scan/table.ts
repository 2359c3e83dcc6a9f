/**
 * The table for people: as wide as their terminal, sorted by name, with the causes and what to do about them at the end.
 * @module
 */

import { ScanAssumptions } from '../../findings/scan-assumptions.ts'
import { ScanCauses } from '../../findings/scan-causes.ts'
import { plural } from '../../findings/plural.ts'
import { painter } from '../style.ts'
import { LEAST_WIDTH } from '../text.ts'
import { assumptionLines, causeLines } from './causes.ts'
import { factsTable } from './facts-table.ts'
import { HeldRows } from './held-rows.ts'
import { matrixTable } from './matrix-table.ts'
import type { ScanContext, ScanReport, ScanSummary } from './report.ts'
import { spansTable } from './spans-table.ts'

function summaryLine({ images, problems, notKernels, notSelected = 0, stopped }: ScanSummary): string {
  const parts = [plural(images, 'image')]
  if (problems > 0) parts.push(`${problems} with a problem`)
  if (notKernels > 0)
    parts.push(`${plural(notKernels, 'file')} that ${notKernels === 1 ? 'is no kernel' : 'are no kernels'}`)
  if (notSelected > 0) parts.push(`${notSelected} not selected`)
  if (stopped) parts.push('stopped before the end')
  return parts.join(', ')
}

const LEGEND = 'ok starts   NO is refused   ? is uncertain   - has no such boot mode'

/** The directory, with its slash, that all paths are below; empty where there is none. */
function commonDirectory(paths: readonly string[]): string {
  const [first = '', ...others] = paths
  let end = first.lastIndexOf('/') + 1
  while (end > 0 && !others.every(path => path.startsWith(first.slice(0, end)))) {
    end = end < 2 ? 0 : first.lastIndexOf('/', end - 2) + 1
  }
  return first.slice(0, end)
}

/** The names of images without the directory that was named, or that all named directories or files are in. */
function relativeTo(roots: readonly string[]): (image: string) => string {
  const prefixes = roots.map(root => (root.endsWith('/') ? root : `${root}/`))
  const parents = new Set(roots.map(root => root.slice(0, root.lastIndexOf('/') + 1)))
  const parent = roots.length > 1 && parents.size === 1 ? [...parents][0]! : ''
  // Of several directories the names in one may be those in another.
  const shared = roots.length > 1 ? commonDirectory(prefixes.map(prefix => prefix.slice(0, -1))) : undefined
  return image => {
    const directory = prefixes.find(candidate => image.startsWith(candidate))
    const prefix = directory === undefined ? parent : (shared ?? directory)
    // What was named itself, such as a folder of objects that cannot be listed, keeps its name.
    return (image.startsWith(prefix) ? image.slice(prefix.length) : image) || image
  }
}

export function tableReport({ columns, modes, remedies, colour, width, roots }: ScanContext): ScanReport {
  const style = { paint: painter(colour), width: Math.max(LEAST_WIDTH, width), shorten: relativeTo(roots) }
  const table =
    modes === undefined
      ? factsTable(style)
      : columns === undefined
        ? spansTable(style)
        : matrixTable(columns, style)
  const causes = new ScanCauses(remedies)
  const assumptions = new ScanAssumptions()
  const rows = new HeldRows(table)
  const text = (lines: readonly string[]) => lines.map(line => `${line.trimEnd()}\n`).join('')
  return {
    begin: () => text(table.head),
    image(entry) {
      const { image, judgements = [] } = entry
      causes.add({ address: image, name: style.shorten(image) }, judgements, () => entry.record.facts)
      for (const judgement of judgements) assumptions.add(image, judgement)
      return text(rows.add(entry, roots))
    },
    end(summary) {
      const legend = columns === undefined ? [] : ['', LEGEND]
      const why = causeLines(causes.list(), style.width)
      const rest = assumptionLines(assumptions.list(), style.width)
      return text([...rows.rest(), ...legend, '', ...why, ...rest, summaryLine(summary)])
    },
  }
}
