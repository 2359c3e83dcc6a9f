/**
 * What the panel says of a cell, a kernel, or builds.
 * @module
 */
import { looks, modeWord } from '../words.ts'
import { badge, shareBar, sharesText } from './badge.ts'
import { button, type Child, h } from './dom.ts'
import { longList } from './long-list.ts'
import type { Model, Show } from './model.ts'
import { count, fullName } from './names.ts'
import { spanList } from './span-list.ts'
import type { Go, Target } from './target.ts'
import { verdictView } from './verdict-view.ts'
import type { Shares } from './view.ts'

export interface Content {
  title: Node
  body: Child[]
}

export function contentOf(model: Model, target: Target, show: Show, go: Go): Content {
  switch (target.kind) {
    case 'cell':
      return target.builds.length === 1
        ? cellContent(model, target.kernel, target.builds[0]!, target.mode, show, go)
        : cellsContent(model, target.kernel, target.builds, target.mode, show, go)
    case 'kernel':
      return kernelContent(model, target.kernel, show, go)
    case 'builds':
      return target.builds.length === 1
        ? buildContent(model, target.builds[0]!, show)
        : buildsContent(model, target.label, target.builds, go)
  }
}

const title = (...parts: Child[]) => h('span', {}, ...parts)

const kernelLink = (model: Model, kernel: number, go: Go) =>
  button(
    { class: 'link' },
    () => go({ kind: 'kernel', kernel }),
    h('bdi', {}, fullName(model.data.kernels[kernel]!)),
  )

function buildLink(model: Model, build: number, go: Go): HTMLElement {
  const { label } = model.data.builds[build]!
  return button({ class: 'link' }, () => go({ kind: 'builds', label, builds: [build] }), h('bdi', {}, label))
}

/** The same pair in all boot modes, to go to. */
function modeTabs(model: Model, kernel: number, builds: readonly number[], mode: number, show: Show, go: Go) {
  if (model.data.modes.length < 2) return undefined
  const tabs = model.data.modes.map((name, index) => {
    const states = builds.map(build => model.state(index, kernel, build)).filter(state => state !== undefined)
    const found = states.map(state => model.look(state, show))
    const worst = looks.find(look => found.includes(look))
    const open = () => go({ kind: 'cell', kernel, builds, mode: index })
    return button(
      {
        class: 'mode-tab',
        'aria-current': index === mode ? 'true' : undefined,
        disabled: worst === undefined,
      },
      open,
      h('span', {}, modeWord[name]),
      worst === undefined ? h('span', { class: 'badge' }, 'not asked') : badge(worst),
    )
  })
  return h('div', { class: 'mode-tabs', role: 'group', 'aria-label': 'Boot modes' }, ...tabs)
}

function cellContent(model: Model, kernel: number, build: number, mode: number, show: Show, go: Go): Content {
  const { builds, kernels, verdicts, unit } = model.data
  const state = model.state(mode, kernel, build)
  const { label, hosts, pools, remarks } = builds[build]!
  const head = title(h('bdi', {}, fullName(kernels[kernel]!)), ' on ', h('bdi', {}, label))
  const body: Child[] = [modeTabs(model, kernel, [build], mode, show, go)]
  if (state === undefined) return { title: head, body: [...body, h('p', {}, 'Nothing is placed here.')] }
  const today = verdicts[state.verdict]!
  if (state.change !== undefined) body.push(h('p', { class: 'answer' }, badge(state.change)))
  if (state.after === undefined) body.push(verdictView(model, today))
  else if (state.after === state.verdict) body.push(verdictView(model, today, 'Today and after'))
  else {
    body.push(verdictView(model, verdicts[state.after]!, 'After'))
    body.push(
      h(
        'details',
        { class: 'before' },
        h('summary', {}, 'Today: ', badge(today.verdict)),
        verdictView(model, today),
      ),
    )
  }
  const trap = model.trap(mode, kernel, build)
  if (trap !== undefined) {
    body.push(h('h3', {}, 'At a later upgrade'))
    body.push(
      h(
        'details',
        { class: 'before' },
        h('summary', {}, 'Refused from ', h('bdi', {}, trap.release), ' on'),
        verdictView(model, verdicts[trap.verdict]!),
      ),
    )
  }
  const ignored = model.ignored(mode, kernel, build)
  if (ignored !== undefined) {
    const until = ignored.expires === '' ? '' : ` (until ${ignored.expires})`
    body.push(h('h3', {}, 'Ignored by policy'), h('p', {}, ignored.reason + until))
  }
  body.push(h('h3', {}, 'This kernel on the other builds'), spanList(model, kernel, mode, show, [build], go))
  const guests = model.guests(mode, kernel, build)
  body.push(
    h('h3', {}, 'Where'),
    h(
      'dl',
      {},
      h('dt', {}, 'Kernel'),
      h('dd', {}, kernelLink(model, kernel, go)),
      h('dt', {}, count(kernels[kernel]!.images.length, 'image')),
      h('dd', {}, longList(kernels[kernel]!.images, 'path')),
      h('dt', {}, 'Build'),
      h('dd', {}, buildLink(model, build, go)),
      h('dt', {}, count(hosts.length, 'host')),
      h('dd', {}, longList(hosts, 'host')),
      pools.length > 0 && h('dt', {}, 'Pools'),
      pools.length > 0 && h('dd', {}, longList(pools, 'pool')),
      h('dt', {}, unit === 'guests' ? 'Guests' : 'Combinations'),
      h('dd', {}, guests.toLocaleString('en')),
    ),
  )
  if (remarks.length > 0) body.push(remarkList(remarks))
  return { title: head, body }
}

const remarkList = (remarks: readonly string[]) =>
  h('div', {}, h('h3', {}, 'About this build'), h('ul', {}, ...remarks.map(remark => h('li', {}, remark))))

/** Several builds at once: each with its answer, to go on to. */
function cellsContent(
  model: Model,
  kernel: number,
  builds: readonly number[],
  mode: number,
  show: Show,
  go: Go,
): Content {
  const rows = builds.map(build => {
    const state = model.state(mode, kernel, build)
    const { label, hosts } = model.data.builds[build]!
    const open = () => go({ kind: 'cell', kernel, builds: [build], mode })
    const cause = state === undefined ? '' : model.cause(state, show)
    return h(
      'li',
      {},
      state === undefined ? h('span', { class: 'badge' }, 'not asked') : badge(model.look(state, show)),
      button({ class: 'link' }, open, h('bdi', {}, label)),
      h('small', {}, [count(hosts.length, 'host'), cause].filter(Boolean).join(' · ')),
    )
  })
  return {
    title: title(h('bdi', {}, fullName(model.data.kernels[kernel]!)), ` on ${count(builds.length, 'build')}`),
    body: [modeTabs(model, kernel, builds, mode, show, go), h('ul', { class: 'spans' }, ...rows)],
  }
}

function kernelContent(model: Model, kernel: number, show: Show, go: Go): Content {
  const item = model.data.kernels[kernel]!
  const modes = model.data.modes.flatMap((mode, index) => [
    h('h3', {}, modeWord[mode]),
    spanList(model, kernel, index, show, [], go),
  ])
  return {
    title: title(h('bdi', {}, fullName(item))),
    body: [
      h(
        'dl',
        {},
        h('dt', {}, 'Guest'),
        h('dd', {}, item.guest === '' ? 'unnamed' : item.guest),
        h('dt', {}, 'Packing'),
        h('dd', {}, item.layers === '' ? 'none' : item.layers),
        h('dt', {}, count(item.images.length, 'image')),
        h('dd', {}, longList(item.images, 'path')),
      ),
      item.problem !== undefined && h('p', { class: 'problem' }, item.problem),
      ...modes,
    ],
  }
}

/** How all kernels fare on builds, by boot mode. */
function modeShares(model: Model, builds: readonly number[], show: Show): HTMLElement {
  const rows = model.data.modes.flatMap((name, mode) => {
    const shares: Shares = {}
    for (const kernel of model.data.kernels.keys()) {
      for (const build of builds) {
        const state = model.state(mode, kernel, build)
        if (state === undefined) continue
        const look = model.look(state, show)
        shares[look] = (shares[look] ?? 0) + 1
      }
    }
    const words = sharesText(shares)
    return words === ''
      ? []
      : [h('dt', {}, modeWord[name]), h('dd', {}, shareBar(shares, 'to right'), h('small', {}, words))]
  })
  return h('dl', { class: 'shares' }, ...rows)
}

function buildContent(model: Model, build: number, show: Show): Content {
  const { label, series, hosts, pools, remarks } = model.data.builds[build]!
  return {
    title: title('Xen ', h('bdi', {}, label)),
    body: [
      h('h3', {}, 'Kernels by answer'),
      modeShares(model, [build], show),
      remarks.length > 0 && remarkList(remarks),
      h(
        'dl',
        {},
        h('dt', {}, 'Series'),
        h('dd', {}, series),
        h('dt', {}, count(hosts.length, 'host')),
        h('dd', {}, longList(hosts, 'host')),
        pools.length > 0 && h('dt', {}, 'Pools'),
        pools.length > 0 && h('dd', {}, longList(pools, 'pool')),
      ),
    ],
  }
}

function buildsContent(model: Model, label: string, builds: readonly number[], go: Go): Content {
  const rows = builds.map(build =>
    h(
      'li',
      {},
      buildLink(model, build, go),
      h('small', {}, count(model.data.builds[build]!.hosts.length, 'host')),
    ),
  )
  return { title: title('Xen ', h('bdi', {}, label)), body: [h('ul', { class: 'spans' }, ...rows)] }
}
