/** One image: what it is, where it starts, what is wrong, and what to do. */
import { badge } from '../../page/badge.ts'
import { h } from '../../page/dom.ts'
import { modeWord } from '../../report/html/words.ts'
import type { VerdictWord } from '../../xen/verdict.ts'
import type { KernelView, Knowledge, ModeView } from '../messages.ts'
import { causesView } from './causes.ts'
import { matrixView } from './matrix.ts'
import { placeView } from './place.ts'
import { answerText, sizeText } from './words.ts'

/** The name that people call an image by, and the path before it. */
export function nameParts(image: string): [path: string, name: string] {
  const at = image.lastIndexOf('/') + 1
  return [image.slice(0, at), image.slice(at)]
}

const newest = ({ spans }: { spans: ModeView['spans'] }): VerdictWord => {
  const { verdict } = spans.at(-1)!
  return verdict === 'not-asked' ? 'unavailable' : verdict
}

/** Draws an image. */
export function kernelSection(view: KernelView, knowledge: Knowledge): HTMLElement {
  const [path, name] = nameParts(view.image)
  const what = [view.layers, view.guest, sizeText(view.size)].filter(part => part !== '').join(' · ')
  const section = h(
    'article',
    { class: 'kernel', 'aria-labelledby': 'kernel-name' },
    h('h2', { id: 'kernel-name', tabindex: '-1' }, path !== '' && h('small', {}, path), h('bdi', {}, name)),
    h('p', { class: 'what' }, what),
    ...problemParts(view),
  )
  const { answers } = view
  if (answers === undefined) return section
  const detail = h('div', { class: 'place', 'aria-live': 'polite' })
  section.append(
    h('h3', {}, 'Where it starts'),
    h(
      'dl',
      { class: 'answers' },
      ...answers.modes.map(mode =>
        h(
          'div',
          {},
          h('dt', {}, modeWord[mode.mode]),
          h('dd', {}, badge(newest(mode)), ` ${answerText(mode.spans)}`),
        ),
      ),
    ),
    matrixView(answers.modes, knowledge, place => {
      detail.replaceChildren(placeView(place, view, knowledge))
    }),
    detail,
    ...(answers.causes.length === 0
      ? []
      : [h('h3', {}, 'What is wrong, and what to do'), causesView(answers.causes)]),
    h('h3', {}, "By a guest's own loader"),
    h(
      'dl',
      { class: 'answers' },
      ...answers.loaders.map(loader =>
        h(
          'div',
          {},
          h('dt', {}, loader.path, loader.arch !== undefined && h('small', {}, ` ${loader.arch}`)),
          h('dd', {}, badge(newest(loader)), ` ${answerText(loader.spans)}`),
        ),
      ),
    ),
  )
  return section
}

function problemParts({ problem, remarks }: KernelView): HTMLElement[] {
  return [
    ...(problem === undefined
      ? []
      : [h('p', { class: 'problem', role: 'note' }, h('code', {}, problem.code), ` ${problem.message}`)]),
    ...remarks.map(remark => h('p', { class: 'note' }, remark)),
  ]
}
