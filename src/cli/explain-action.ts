/**
 * What `explain` does.
 * @module
 */
import { jsonText } from '../document/printable.ts'
import { painter } from '../report/style.ts'
import { differenceTable, traceTable } from '../report/trace-table.ts'
import { firstDifference, traceLoader } from '../xen/loader-trace.ts'
import { wantsColour } from './colour.ts'
import type { ExplainFlags } from './explain.ts'
import { knownRelease } from './known-release.ts'
import { readOne } from './read-one.ts'
import { UsageError } from './usage-error.ts'

/** The text that answers. Throws a UsageError for versions that are not known, and more than two. */
export function explainAction(image: string, flags: ExplainFlags): string {
  const releases = flags.xen.split(',').map(knownRelease)
  if (releases.length > 2) throw new UsageError(`Cannot compare ${releases.length} releases: give one or two`)
  const { facts } = readOne(image, flags)
  const [a, b] = releases.map(({ release, assumptions }) => {
    const walked = traceLoader(facts, release, flags.mode)
    return { ...walked, assumptions: [...walked.assumptions, ...assumptions] }
  })
  if (b === undefined) {
    return flags.output === 'json' ? json({ image, ...a! }) : traceTable(image, a!, painter(wantsColour()))
  }
  const parting = firstDifference(a!, b)
  return flags.output === 'json' ? json({ image, walks: [a!, b], parting }) : differenceTable(a!, b, parting)
}

const json = (data: unknown) => `${jsonText(data, 2)}\n`
