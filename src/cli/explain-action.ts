/**
 * What `explain` does.
 * @module
 */
import { jsonText } from '../document/printable.ts'
import type { JudgedBuild } from '../findings/builds.ts'
import { pathTraceTable } from '../report/path-trace-table.ts'
import { painter } from '../report/style.ts'
import { differenceTable, spansTable, traceTable } from '../report/trace-table.ts'
import { tracePath } from '../xen/boot-path/trace.ts'
import { judgeSpans } from '../xen/judge.ts'
import { firstDifference, type LoaderTrace, traceLoader } from '../xen/loader-trace.ts'
import { reasonText } from '../xen/reason-text.ts'
import { resolveTarget } from '../xen/target.ts'
import { wantsColour } from './colour.ts'
import type { ExplainFlags } from './explain.ts'
import { knownRelease } from './known-release.ts'
import { readOne } from './read-one.ts'
import { UsageError } from './usage-error.ts'

/**
 * The text to print. Throws a UsageError for versions that are not known, and for more than two.
 *
 * @param builds The builds of an inventory, which are asked in place of `--xen`.
 */
export function explainAction(image: string, flags: ExplainFlags, builds?: readonly JudgedBuild[]): string {
  if (flags.boot !== undefined) {
    const trace = tracePath(readOne(image, flags).facts, flags.boot)
    return flags.output === 'json'
      ? json({ image, ...trace })
      : pathTraceTable(image, trace, painter(wantsColour()))
  }
  if (builds !== undefined) return explainBuilds(image, flags, builds)
  if (flags.xen === undefined)
    throw new UsageError(
      'Cannot explain: name releases by --xen or hosts by --inventory, or a loader by --boot',
    )
  if (flags.xen === 'all') return explainAll(image, flags)
  const releases = flags.xen.split(',').map(version => knownRelease(version, flags.build))
  if (releases.length > 2) throw new UsageError(`Cannot compare ${releases.length} releases: give one or two`)
  const { facts } = readOne(image, flags)
  const [a, b] = releases.map(({ release, options, assumptions }) => {
    const trace = traceLoader(facts, release, flags.mode, options)
    return { ...trace, assumptions: [...trace.assumptions, ...assumptions] }
  })
  if (b === undefined) {
    if (flags.output === 'json') return json({ image, ...briefly(a!, flags) })
    return traceTable(image, a!, painter(wantsColour()), flags.brief)
  }
  const parting = firstDifference(a!, b)
  if (flags.output === 'json') return json({ image, walks: [briefly(a!, flags), briefly(b, flags)], parting })
  return differenceTable(a!, b, parting)
}

/** What all releases say. */
function explainAll(image: string, flags: ExplainFlags): string {
  const spans = judgeSpans(
    readOne(image, flags).facts,
    flags.mode,
    flags.build === undefined ? {} : { build: flags.build },
  )
  if (flags.output === 'table') return spansTable(image, flags.mode, spans, painter(wantsColour()))
  return json({
    image,
    mode: flags.mode,
    spans: spans.map(span => ({ ...span, reason: reasonText(span.reason) })),
  })
}

/** What each build of an inventory says, with what is known of its hosts. */
function explainBuilds(image: string, flags: ExplainFlags, builds: readonly JudgedBuild[]): string {
  const { facts } = readOne(image, flags)
  const traces = builds.map(({ label, hosts, version, options }) => {
    const target = resolveTarget(version, options)
    const release = target.releases.at(-1)
    if (release === undefined) return { label, hosts, remarks: target.remarks }
    const trace = traceLoader(facts, release, flags.mode, target.options)
    const rest = target.remarks.map(text => ({ code: 'target' as const, text }))
    return { label, hosts, trace: { ...trace, assumptions: [...trace.assumptions, ...rest] } }
  })
  if (flags.output === 'json') {
    return json({
      image,
      builds: traces.map(({ trace, ...build }) => ({ ...build, ...(trace && briefly(trace, flags)) })),
    })
  }
  const paint = painter(wantsColour())
  return traces
    .map(({ label, hosts, trace, remarks = [] }) =>
      trace === undefined
        ? `Xen ${label} (${hosts.join(', ')}): ${remarks.join('; ')}\n`
        : `Xen ${label} (${hosts.join(', ')})\n${traceTable(image, trace, paint, flags.brief)}`,
    )
    .join('\n')
}

/** Without the steps and what they derive, where only the verdict is asked for. */
function briefly(trace: LoaderTrace, { brief }: ExplainFlags): Partial<LoaderTrace> {
  if (brief !== true) return trace
  const { steps: _, parameters: __, ...rest } = trace
  return rest
}

const json = (data: unknown) => `${jsonText(data, 2)}\n`
