/**
 * The panel of a build, or of the builds of a series.
 * @module
 */
import { modeWord } from '../report/html/words.ts'
import { add, type Shares } from './arrange.ts'
import { shareBar, sharesText } from './badge.ts'
import { h } from './dom.ts'
import type { Model, Show } from './model.ts'
import { count } from './names.ts'
import { type Asked, buildLink, type Content, hostTerms, remarkList, terms, title } from './panel-parts.ts'

/** How many kernels meet which answer. */
function sharesOf(model: Model, build: number, mode: number, show: Show): Shares {
  const shares: Shares = {}
  for (const kernel of model.data.kernels.keys()) {
    const state = model.state(mode, kernel, build)
    if (state !== undefined) add(shares, model.look(state, show), 1)
  }
  return shares
}

export function buildContent({ model, show }: Asked, build: number): Content {
  const { modes, builds } = model.data
  const item = builds[build]!
  const rows = modes.flatMap((name, mode) => {
    const shares = sharesOf(model, build, mode, show)
    const words = sharesText(shares)
    if (words === '') return []
    return [h('dt', {}, modeWord[name]), h('dd', {}, shareBar(shares, 'to right'), h('small', {}, words))]
  })
  return {
    title: title('Xen ', h('bdi', {}, item.label)),
    body: [
      h('h3', {}, 'Kernels by answer'),
      h('dl', { class: 'shares' }, ...rows),
      remarkList(item.remarks),
      terms(['Series', item.series], ...hostTerms(item.hosts, item.pools)),
    ],
  }
}

export function buildsContent(asked: Asked, label: string, builds: readonly number[]): Content {
  const rows = builds.map(build => {
    const { hosts } = asked.model.data.builds[build]!
    return h('li', {}, buildLink(asked, build), h('small', {}, count(hosts.length, 'host')))
  })
  return { title: title('Xen ', h('bdi', {}, label)), body: [h('ul', { class: 'spans' }, ...rows)] }
}
