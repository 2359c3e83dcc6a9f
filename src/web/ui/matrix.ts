/**
 * The answers of all releases, a series a cell: modes beside each other on a narrow screen, below each other on a wide one.
 * @module
 */
import { button, h } from '../../page/dom.ts'
import { lookSign, lookWord, modeWord } from '../../report/html/words.ts'
import type { Knowledge, ModeView, SpanView } from '../messages.ts'

/** A mode and a series that were chosen. */
export interface Place {
  mode: ModeView
  series: Knowledge['series'][number]
}

/** What of a mode's spans lies in a series. */
export function spansIn(
  { spans }: ModeView,
  series: Knowledge['series'][number],
  { releases }: Knowledge,
): SpanView[] {
  const first = releases.indexOf(series.releases[0]!)
  const last = releases.indexOf(series.releases.at(-1)!)
  return spans.flatMap(span => {
    const since = Math.max(first, releases.indexOf(span.since))
    const until = Math.min(last, releases.indexOf(span.until))
    return since > until ? [] : [{ ...span, since: releases[since]!, until: releases[until]! }]
  })
}

const narrow = matchMedia('(max-width: 52rem)')

/** Draws the matrix into a new element; `choose` is called with the place of the cell that was chosen. */
export function matrixView(
  modes: readonly ModeView[],
  knowledge: Knowledge,
  choose: (place: Place) => void,
): HTMLElement {
  const place = h('div', { class: 'series-matrix' })
  const draw = () => {
    if (!place.isConnected && place.childElementCount > 0) {
      narrow.removeEventListener('change', draw)
      return
    }
    place.replaceChildren(narrow.matches ? tall(modes, knowledge, choose) : wide(modes, knowledge, choose))
  }
  narrow.addEventListener('change', draw)
  draw()
  return place
}

const modeHead = ({ mode }: ModeView, scope: string) => h('th', { scope }, modeWord[mode])
const seriesHead = ({ name }: { name: string }, scope: string) => h('th', { scope }, name)

function wide(modes: readonly ModeView[], knowledge: Knowledge, choose: (place: Place) => void) {
  const head = h('tr', {}, h('td', {}), ...knowledge.series.map(series => seriesHead(series, 'col')))
  const rows = modes.map(mode =>
    h(
      'tr',
      {},
      modeHead(mode, 'row'),
      ...knowledge.series.map(series => cell({ mode, series }, knowledge, choose)),
    ),
  )
  return grid(h('table', { class: 'wide' }, h('thead', {}, head), h('tbody', {}, ...rows)))
}

function tall(modes: readonly ModeView[], knowledge: Knowledge, choose: (place: Place) => void) {
  const head = h('tr', {}, h('td', {}), ...modes.map(mode => modeHead(mode, 'col')))
  const rows = [...knowledge.series]
    .reverse()
    .map(series =>
      h('tr', {}, seriesHead(series, 'row'), ...modes.map(mode => cell({ mode, series }, knowledge, choose))),
    )
  return grid(h('table', { class: 'tall' }, h('thead', {}, head), h('tbody', {}, ...rows)))
}

function cell(place: Place, knowledge: Knowledge, choose: (place: Place) => void): HTMLElement {
  const { mode, series } = place
  const spans = spansIn(mode, series, knowledge)
  const verdicts = [...new Set(spans.map(({ verdict }) => verdict))]
  const look = verdicts.length === 1 ? verdicts[0]! : undefined
  const said = spans
    .map(({ since, until, verdict }) =>
      look === undefined
        ? `${since === until ? since : `${since} to ${until}`} ${lookWord[verdict]}`
        : lookWord[look],
    )
    .filter((text, index, all) => all.indexOf(text) === index)
    .join(', ')
  const element = button(
    {
      class: look === undefined ? 'mixed' : `look-${look}`,
      'aria-label': `${modeWord[mode.mode]} on ${series.name}: ${said}`,
      title: `${modeWord[mode.mode]} on Xen ${series.name}: ${said}`,
      tabindex: '-1',
    },
    () => choose(place),
    h('span', { 'aria-hidden': 'true' }, look === undefined ? '/' : lookSign[look]),
  )
  if (look === undefined) element.style.background = shares(spans, series, knowledge)
  return h('td', {}, element)
}

/** The background of a series whose releases differ: a stripe for each span. */
function shares(spans: readonly SpanView[], series: Place['series'], { releases }: Knowledge): string {
  const first = releases.indexOf(series.releases[0]!)
  const size = series.releases.length
  const stops = spans.map(({ since, until, verdict }) => {
    const from = (100 * (releases.indexOf(since) - first)) / size
    const to = (100 * (releases.indexOf(until) - first + 1)) / size
    return `var(--fill-${verdict}) ${from}% ${to}%`
  })
  return `linear-gradient(to right, ${stops.join(', ')})`
}

/** One stop in the order of tabs: arrow keys lead from cell to cell. */
function grid(table: HTMLTableElement): HTMLTableElement {
  table.setAttribute('aria-label', 'Answers of all releases by series and boot mode')
  const cellsOf = () =>
    [...table.tBodies[0]!.rows].map(row => [...row.querySelectorAll<HTMLButtonElement>('td button')])
  const first = cellsOf()[0]?.[0]
  if (first !== undefined) first.tabIndex = 0
  table.addEventListener('focusin', ({ target }) => {
    for (const other of table.querySelectorAll<HTMLButtonElement>('button[tabindex="0"]')) other.tabIndex = -1
    if (target instanceof HTMLButtonElement) target.tabIndex = 0
  })
  table.addEventListener('keydown', event => {
    const cells = cellsOf()
    const row = cells.findIndex(buttons => buttons.includes(event.target as HTMLButtonElement))
    if (row === -1) return
    const column = cells[row]!.indexOf(event.target as HTMLButtonElement)
    const next = step(event.key, row, column, cells[row]!.length)
    const target = next === undefined ? undefined : cells[next[0]]?.[next[1]]
    if (next === undefined) return
    event.preventDefault()
    target?.focus()
  })
  return table
}

function step(key: string, row: number, column: number, columns: number): [number, number] | undefined {
  switch (key) {
    case 'ArrowUp':
      return [row - 1, column]
    case 'ArrowDown':
      return [row + 1, column]
    case 'ArrowLeft':
      return [row, column - 1]
    case 'ArrowRight':
      return [row, column + 1]
    case 'Home':
      return [row, 0]
    case 'End':
      return [row, columns - 1]
    default:
      return undefined
  }
}
