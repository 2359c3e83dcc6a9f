/**
 * What the reader can filter in the matrix. The legend is the filter by answer: each sign is a button.
 * @module
 */
import { type Look, lookMeaning, lookSign, looks, lookWord, modeWord } from '../report/html/words.ts'
import { type Choice, searchField, segments, select, toggle } from './controls.ts'
import { button, h } from './dom.ts'
import type { Model, Show } from './model.ts'
import type { RowOrder, Settings } from './settings.ts'
import type { View } from './view.ts'

export interface Toolbar {
  element: HTMLElement
  /** Brings the controls in line with the settings and what they lead to. */
  update(settings: Settings, view: View): void
}

const SHOW_WORD: Record<Show, string> = { change: 'What changes', today: 'Today', after: 'After' }

const ORDERS: readonly Choice<RowOrder>[] = [
  { value: 'worst', word: 'Worst first' },
  { value: 'name', word: 'By name' },
  { value: 'by-cause', word: 'Grouped by cause' },
  { value: 'by-layers', word: 'Grouped by packing' },
  { value: 'by-guest', word: 'Grouped by guest' },
]

/** The looks that the model can show at all, worst first. */
function looksOf({ data, shows }: Model): Look[] {
  const found = new Set<Look>(data.verdicts.map(({ verdict }) => verdict))
  if (shows.includes('change'))
    for (const { change } of data.states) if (change !== undefined) found.add(change)
  return looks.filter(look => found.has(look))
}

/** Characters of a choice: longer ones make the list wider than the window. */
const CHOICE = 90

const shorten = (text: string) => (text.length <= CHOICE ? text : `${text.slice(0, CHOICE - 1)}…`)

/** A mark that explains itself nowhere else. */
const key = (mark: string, word: string) =>
  h('span', { class: 'key' }, h('span', { class: `sign look-refuses ${mark}`, 'aria-hidden': 'true' }), word)

export function toolbar(model: Model, change: (part: Partial<Settings>) => void, reset: () => void): Toolbar {
  const { data } = model
  const { modes, causes } = data
  let settings: Settings | undefined
  const worst: Look = model.shows.includes('change') ? 'breaks' : 'refuses'
  const found = model.countLook(worst, model.shows[0]!)
  const modeChoices = modes.map((mode, index) => ({
    value: String(index),
    word: modeWord[mode],
    note: `${lookSign[worst]}\u00a0${found[index]!.toLocaleString('en')}`,
  }))
  const mode = segments('Boot mode', modeChoices, value => change({ mode: Number(value) }))
  const showChoices = model.shows.map(value => ({ value, word: SHOW_WORD[value] }))
  const show = segments('Show', showChoices, value => change({ show: value, looks: new Set() }))

  const legend = looksOf(model).map(look => {
    const count = h('span', { class: 'count' })
    const flip = () => {
      const picked = new Set(settings?.looks)
      if (!picked.delete(look)) picked.add(look)
      change({ looks: picked })
    }
    const sign = h('span', { class: `sign look-${look}`, 'aria-hidden': 'true' }, lookSign[look])
    const chip = toggle({ class: 'chip', title: lookMeaning[look] }, flip, sign, `${lookWord[look]} `, count)
    return { look, count, ...chip }
  })
  const laterRefusalCount = h('span', { class: 'count' })
  const laterRefusalSign = h('span', { class: 'sign look-accepts refused-later', 'aria-hidden': 'true' })
  const laterRefusals = toggle(
    { class: 'chip', title: 'Starts today, and a later release refuses it' },
    () => change({ laterRefusals: !settings?.laterRefusals }),
    laterRefusalSign,
    'fails at an upgrade ',
    laterRefusalCount,
  )

  const added = toggle(
    { class: 'chip', title: 'Only the kernels that are to be added' },
    () => change({ added: !settings?.added }),
    h('span', { class: 'sign', 'aria-hidden': 'true' }, '+'),
    'new kernels only',
  )

  const fresh = toggle(
    { class: 'chip', title: 'Only findings that the baseline does not have' },
    () => change({ fresh: !settings?.fresh }),
    h('span', { class: 'sign', 'aria-hidden': 'true' }, '!'),
    'new since the baseline',
  )

  const causeChoices = causes.map(({ title, reason }, index) => ({
    value: String(index),
    word: shorten(`${title}: ${reason}`),
  }))
  const cause = select('Cause', [{ value: '', word: 'Any cause' }, ...causeChoices], value =>
    change({ cause: value === '' ? undefined : Number(value) }),
  )
  const kernel = searchField('Find kernels', 'name, path, guest', text => change({ kernel: text }))
  const build = searchField('Find builds or hosts', 'version, host, pool', text => change({ build: text }))
  const order = select('Rows', ORDERS, value => change({ order: value }))
  const columns = select(
    'Columns',
    [
      { value: 'builds', word: 'Each build' },
      { value: 'series', word: 'Each series' },
    ] as const,
    value => change({ columns: value }),
  )
  const together = select(
    'Same answers',
    [
      { value: 'together', word: 'In one row' },
      { value: 'each', word: 'A row each' },
    ] as const,
    value => change({ together: value === 'together' }),
  )
  const mixed = key('mixed', 'not all builds of the series')
  const clear = button({ class: 'quiet' }, reset, 'Clear filters')

  const element = h(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': 'Matrix' },
    h('div', { class: 'line' }, modes.length > 1 && mode.element, model.shows.length > 1 && show.element),
    h(
      'div',
      { class: 'line' },
      kernel.element,
      build.element,
      causes.length > 0 && cause.element,
      order.element,
      together.element,
      columns.element,
    ),
    h(
      'div',
      { class: 'line legend', role: 'group', 'aria-label': 'Pick out answers' },
      ...legend.map(chip => chip.element),
      data.laterRefusals.length > 0 && laterRefusals.element,
      data.kind === 'add' && added.element,
      data.baseline && fresh.element,
      data.ignored.length > 0 && key('ignored', 'ignored by policy'),
      mixed,
      clear,
    ),
  )
  return {
    element,
    update(now, view) {
      settings = now
      mode.set(String(now.mode))
      show.set(now.show)
      cause.set(String(now.cause ?? ''))
      kernel.set(now.kernel)
      build.set(now.build)
      order.set(now.order)
      together.set(now.together ? 'together' : 'each')
      columns.set(now.columns)
      for (const { look, count, element: chip, set } of legend) {
        const number = view.counts[look] ?? 0
        count.textContent = number.toLocaleString('en')
        set(now.looks.has(look))
        chip.hidden = number === 0 && !now.looks.has(look)
      }
      laterRefusalCount.textContent = view.laterRefusals.toLocaleString('en')
      laterRefusals.set(now.laterRefusals)
      added.set(now.added)
      fresh.set(now.fresh)
      laterRefusals.element.hidden = view.laterRefusals === 0 && !now.laterRefusals
      mixed.hidden = now.columns !== 'series'
      clear.hidden =
        !now.added &&
        now.looks.size === 0 &&
        now.cause === undefined &&
        !now.fresh &&
        !now.laterRefusals &&
        now.kernel === '' &&
        now.build === ''
    },
  }
}
