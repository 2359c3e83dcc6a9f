/** What the releases of one series say in one boot mode. */
import { badge } from '../../page/badge.ts'
import { button, h } from '../../page/dom.ts'
import { modeWord } from '../../report/html/words.ts'
import type { KernelView, Knowledge } from '../messages.ts'
import { causeBody } from './causes.ts'
import { type Place, spansIn } from './matrix.ts'

/** `walk` is called with a release whose walk is asked for. */
export function placeView(
  { mode, series }: Place,
  view: KernelView,
  knowledge: Knowledge,
  walk: (release: string) => void,
): HTMLElement {
  const causes = view.answers?.causes ?? []
  return h(
    'section',
    { class: 'card' },
    h('h4', {}, `Xen ${series.name} as ${modeWord[mode.mode]}`),
    ...spansIn(mode, series, knowledge).map(({ since, until, verdict, cause }) =>
      h(
        'div',
        { class: 'span' },
        h(
          'p',
          {},
          badge(verdict),
          ' ',
          h('strong', {}, since === until ? since : `${since} to ${until}`),
          cause !== undefined && ` ${causes[cause]!.title}`,
        ),
        ...(cause === undefined ? [] : causeBody(causes[cause]!)),
        h(
          'p',
          {},
          button({}, () => walk(until), `Walk through ${until}`),
        ),
      ),
    ),
  )
}
