/**
 * The panel of a kernel: what it is, and how it fares in every boot mode.
 * @module
 */
import { modeWord } from '../report/html/words.ts'
import { h } from './dom.ts'
import { fullName } from './full-name.ts'
import { type Asked, type Content, imageTerm, terms, title } from './panel-parts.ts'
import { spanList } from './span-list.ts'

export function kernelContent({ model, show, go }: Asked, kernel: number): Content {
  const item = model.data.kernels[kernel]!
  const { guest, layers, images, problem, version, flavour, buildId } = item
  return {
    title: title(h('bdi', {}, fullName(item))),
    body: [
      terms(
        ['Guest', guest === '' ? 'unnamed' : guest],
        version !== undefined && ['Version', version],
        flavour !== undefined && ['Flavour', flavour],
        buildId !== undefined && ['Build id', h('code', {}, buildId)],
        ['Packing', layers === '' ? 'none' : layers],
        imageTerm(images),
      ),
      problem !== undefined && h('p', { class: 'problem' }, problem),
      ...model.data.modes.flatMap((mode, index) => [
        h('h3', {}, modeWord[mode]),
        spanList(model, kernel, index, show, [], go),
      ]),
    ],
  }
}
