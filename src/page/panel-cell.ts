/**
 * The panel of a cell: the verdict, what it rests on, and how the same kernel fares elsewhere.
 * @module
 */
import type { State } from '../report/html/data.ts'
import { looks, modeWord } from '../report/html/words.ts'
import { badge } from './badge.ts'
import { copyButtons } from './copy.ts'
import { button, type Child, h } from './dom.ts'
import { fullName } from './full-name.ts'
import { count } from './names.ts'
import {
  type Asked,
  buildLink,
  type Content,
  hostTerms,
  imageTerm,
  kernelLink,
  kernelList,
  remarkList,
  terms,
  title,
} from './panel-parts.ts'
import { spanList } from './span-list.ts'
import { cellTable } from './tables.ts'
import type { CellTarget } from './target.ts'
import { verdictView } from './verdict-view.ts'

const notAsked = () => h('span', { class: 'badge' }, 'not asked')

/** The same pair in all boot modes, to go to. */
function modeTabs({ model, show, go }: Asked, { kernel, builds, mode }: CellTarget): HTMLElement | undefined {
  const { modes } = model.data
  if (modes.length < 2) return undefined
  const tabs = modes.map((name, index) => {
    const found = builds
      .map(build => model.state(index, kernel, build))
      .map(state => state && model.look(state, show))
    const worst = looks.find(look => found.includes(look))
    const attributes = {
      class: 'mode-tab',
      'aria-current': index === mode ? 'true' : undefined,
      disabled: worst === undefined,
    }
    const open = () => go({ kind: 'cell', kernel, builds, mode: index })
    return button(
      attributes,
      open,
      h('span', {}, modeWord[name]),
      worst === undefined ? notAsked() : badge(worst),
    )
  })
  return h('div', { class: 'mode-tabs', role: 'group', 'aria-label': 'Boot modes' }, ...tabs)
}

const folded = (summary: Child[], content: Node) =>
  h('details', { class: 'before' }, h('summary', {}, ...summary), content)

function answers({ model }: Asked, { verdict, after, change }: State): Child[] {
  const { verdicts } = model.data
  const today = verdicts[verdict]!
  const changes = change !== undefined && h('p', { class: 'answer' }, badge(change))
  if (after === undefined) return [changes, verdictView(model, today)]
  if (after === verdict) return [changes, verdictView(model, today, 'Today and after')]
  return [
    changes,
    verdictView(model, verdicts[after]!, 'After'),
    folded(['Today: ', badge(today.verdict)], verdictView(model, today)),
  ]
}

export function cellContent(asked: Asked, target: CellTarget): Content {
  const { model, show, go } = asked
  const { kernel, mode, alike = [] } = target
  const build = target.builds[0]!
  const { builds, kernels, verdicts, unit } = model.data
  const item = builds[build]!
  const head = title(h('bdi', {}, fullName(kernels[kernel]!)), ' on ', h('bdi', {}, item.label))
  const state = model.state(mode, kernel, build)
  if (state === undefined) {
    return { title: head, body: [modeTabs(asked, target), h('p', {}, 'Nothing is placed here.')] }
  }
  const laterRefusal = model.laterRefusal(mode, kernel, build)
  const ignored = model.ignored(mode, kernel, build)
  const until = ignored === undefined || ignored.expires === '' ? '' : ` (until ${ignored.expires})`
  const body: Child[] = [
    modeTabs(asked, target),
    ...answers(asked, state),
    laterRefusal && h('h3', {}, 'At a later upgrade'),
    laterRefusal &&
      folded(
        ['Refused from ', h('bdi', {}, laterRefusal.release), ' on'],
        verdictView(model, verdicts[laterRefusal.verdict]!),
      ),
    ignored && h('h3', {}, 'Ignored by policy'),
    ignored && h('p', {}, ignored.reason + until),
    state.known && h('p', { class: 'note' }, 'The baseline has this finding too.'),
    h('h3', {}, 'This kernel on all builds'),
    spanList(model, kernel, mode, show, [build], go),
    h('h3', {}, 'Where'),
    terms(
      ['Kernel', kernelLink(asked, kernel)],
      alike.length > 1 && [
        `${count(alike.length - 1, 'more kernel')} with the same answers`,
        kernelList(
          asked,
          alike.filter(other => other !== kernel),
        ),
      ],
      imageTerm(model.images(mode, kernel, build)),
      ['Build', buildLink(asked, build)],
      ...hostTerms(model.hosts(mode, kernel, build), item.pools),
      [unit === 'guests' ? 'Guests' : 'Pairs', model.guests(mode, kernel, build).toLocaleString('en')],
    ),
    remarkList(item.remarks),
    copyButtons('this cell', () => cellTable(model, show, target)),
  ]
  return { title: head, body }
}

/** Several builds at once: each with its answer, to go on to. */
export function cellsContent(asked: Asked, target: CellTarget): Content {
  const { model, show, go } = asked
  const { kernel, builds, mode } = target
  const rows = builds.map(build => {
    const state = model.state(mode, kernel, build)
    const { label } = model.data.builds[build]!
    const hosts = model.hosts(mode, kernel, build)
    const open = () => go({ kind: 'cell', kernel, builds: [build], mode })
    const code = state === undefined ? '' : model.causeCode(model.cause(state, show))
    return h(
      'li',
      {},
      state === undefined ? notAsked() : badge(model.look(state, show)),
      button({ class: 'link' }, open, h('bdi', {}, label)),
      h('small', {}, [count(hosts.length, 'host'), code].filter(Boolean).join(' · ')),
    )
  })
  return {
    title: title(h('bdi', {}, fullName(model.data.kernels[kernel]!)), ` on ${count(builds.length, 'build')}`),
    body: [
      modeTabs(asked, target),
      h('ul', { class: 'spans' }, ...rows),
      copyButtons('these cells', () => cellTable(model, show, target)),
    ],
  }
}
