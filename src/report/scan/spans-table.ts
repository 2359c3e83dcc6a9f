/** The table of images with spans of releases that give the same verdict. */
import type { Judgement } from '../../findings/judgement.ts'
import { type Release, releaseIndex } from '../../xen/releases.ts'
import { columnsOf, fold } from '../fit.ts'
import { VERDICT_STYLE } from '../style.ts'
import {
  factsLines,
  loaderLines,
  MODE_WIDTH,
  pathWidth,
  plainRow,
  problemLines,
  SPAN_WIDTH,
  type Style,
  type Table,
} from './table-row.ts'

/** The columns of a row with its verdict where a span has the least room. */
const NARROWEST = 40
const LEAST_SPAN = 17
/** Before a cause that does not fit behind its verdict. */
const BELOW = ' '.repeat(MODE_WIDTH + 5)

const spanText = ({ since, until, xen }: Judgement) =>
  xen ?? (since === until ? `${since}` : `${since} - ${until}`)

const indexOf = (release: Release | undefined) =>
  release === undefined ? Number.NaN : releaseIndex(release)!

/** One row for what differs only in the words of the log, which the causes below tell. */
function mergeRows(judgements: readonly Judgement[]): Judgement[] {
  const rows: Judgement[] = []
  for (const judgement of judgements) {
    const open = rows.at(-1)
    const { mode, verdict, code, since, until } = judgement
    const same =
      judgement.xen === undefined && open?.mode === mode && open.verdict === verdict && open.code === code
    // What lies between two spans that do not touch was not asked, and may differ.
    const touches = indexOf(open?.until) + 1 === indexOf(since)
    if (same && touches && until !== undefined) open.until = until
    else rows.push({ ...judgement })
  }
  return rows
}

/** Every image with the spans of releases with the same verdict. */
export function spansTable(style: Style): Table {
  const { paint } = style
  let width: number | undefined
  const spanWidth = Math.min(SPAN_WIDTH, style.width - NARROWEST + LEAST_SPAN)
  const lineOf = (judgement: Judgement, first: boolean): string[] => {
    const mode = (first ? judgement.mode : '').padEnd(MODE_WIDTH)
    const word = judgement.verdict.padEnd(11)
    const indent = `  ${mode} ${spanText(judgement).padEnd(spanWidth)} `
    const reason = judgement.verdict === 'accepts' ? '' : (judgement.code ?? '')
    const painted = indent + paint(VERDICT_STYLE[judgement.verdict], word)
    return reason === '' || columnsOf(indent + word + reason) <= style.width
      ? [(painted + reason).trimEnd()]
      : [painted.trimEnd(), ...fold(reason, style.width - BELOW.length).map(part => BELOW + part)]
  }
  return {
    head: [],
    isSplit: false,
    row(entry) {
      const all = entry.judgements ?? []
      const there = new Set(all.filter(({ verdict }) => verdict !== 'unavailable').map(({ mode }) => mode))
      // Releases without a boot mode are told where there is nothing else to tell of it.
      const spans = mergeRows(
        all.filter(({ mode, verdict }) => verdict !== 'unavailable' || !there.has(mode)),
      )
      const lines = spans.flatMap((span, index) => lineOf(span, spans[index - 1]?.mode !== span.mode))
      return {
        ...plainRow(entry, style),
        lines: [...problemLines(entry, style), ...lines, ...loaderLines(entry, paint)],
      }
    },
    draw(rows) {
      width ??= pathWidth(rows, style.width)
      const lines: string[] = []
      for (const row of rows) {
        const facts = factsLines(row, width, style.width).map(line => paint('bold', line))
        lines.push(...facts, ...row.lines, '')
      }
      return lines
    },
  }
}
