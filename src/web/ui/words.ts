/** Sentences that a reader understands without knowing the tool. */
import type { SpanView } from '../messages.ts'

/** A run of neighbouring releases, or versions, with one answer. */
interface Run {
  since: string
  until: string
}

/** The runs of one answer, neighbours joined whatever their causes are. */
function runsOf(spans: readonly SpanView[], verdict: SpanView['verdict']): Run[] {
  const runs: Run[] = []
  let isOpen = false
  for (const span of spans) {
    if (span.verdict !== verdict) {
      isOpen = false
      continue
    }
    if (isOpen) runs.at(-1)!.until = span.until
    else runs.push({ since: span.since, until: span.until })
    isOpen = true
  }
  return runs
}

/** `4.2.0 to 4.4.4`, `4.15.0 and later`, `4.1.6.1`, `all releases`. */
export function runText({ since, until }: Run, first: string, last: string): string {
  if (since === first && until === last) return 'all releases'
  if (since === until) return since
  if (until === last) return `${since} and later`
  if (since === first) return `${until} and older`
  return `${since} to ${until}`
}

export const listText = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

/** How a sentence on some releases begins. */
const BEGINNINGS: Readonly<Record<SpanView['verdict'], string>> = {
  accepts: 'Starts on',
  refuses: 'Refused by',
  uncertain: 'Uncertain on',
  unavailable: 'No such boot mode in',
  'not-asked': 'Not asked on',
}

/** What releases say, the newest first: `Starts on 4.15.0 and later. Refused by 4.14.6 and older.` */
export function answerText(spans: readonly SpanView[]): string {
  const first = spans[0]!.since
  const last = spans.at(-1)!.until
  const verdicts = new Set([...spans].reverse().map(({ verdict }) => verdict))
  return [...verdicts]
    .map(verdict => {
      const runs = runsOf(spans, verdict).reverse()
      return `${BEGINNINGS[verdict]} ${listText(runs.map(run => runText(run, first, last)))}.`
    })
    .join(' ')
}

/** Where it starts, in a few characters: `all`, `4.15.0 +`, `none`, `3.4.0–4.1.6.1`. */
export function answerShort(spans: readonly SpanView[]): string {
  const runs = runsOf(spans, 'accepts')
  const [run] = runs
  if (run === undefined) return 'none'
  if (runs.length > 1) return `${runs.length} ranges`
  const isFromFirst = run.since === spans[0]!.since
  const isToLast = run.until === spans.at(-1)!.until
  if (isFromFirst && isToLast) return 'all'
  if (isToLast) return `${run.since} +`
  return run.since === run.until ? run.since : `${run.since}–${run.until}`
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `12.4 MiB`. */
export function sizeText(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`
}

/** `1 kernel`, `1,200 kernels`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
