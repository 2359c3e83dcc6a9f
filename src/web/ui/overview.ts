/** All images that were read, a row each. */
import { button, h } from '../../page/dom.ts'
import { lookSign, modeWord } from '../../report/html/words.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import type { KernelView } from '../messages.ts'
import { nameParts } from './kernel.ts'
import { answerShort } from './words.ts'

/** The table of images; `choose` is called with the index of the one that was chosen. */
export class Overview {
  readonly element: HTMLElement
  readonly #body = h('tbody', {})
  readonly #choose: (index: number) => void

  constructor(choose: (index: number) => void) {
    this.#choose = choose
    const heads = ['Kernel', ...bootModes.map(mode => modeWord[mode])].map(word =>
      h('th', { scope: 'col' }, word),
    )
    this.element = h(
      'div',
      { class: 'overview', tabindex: '0', role: 'region', 'aria-label': 'Kernels' },
      h('table', {}, h('thead', {}, h('tr', {}, ...heads)), this.#body),
    )
  }

  add(view: KernelView): void {
    const index = this.#body.rows.length
    const [path, name] = nameParts(view.image)
    const row = h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        button({ class: 'link' }, () => this.#choose(index), h('bdi', {}, name)),
        path !== '' && h('small', {}, path),
      ),
    )
    if (view.answers === undefined) {
      const said = view.problem?.message ?? 'no kernel'
      row.append(h('td', { colspan: bootModes.length, class: 'problem' }, said))
    } else for (const mode of bootModes) row.append(answerCell(view, mode))
    this.#body.append(row)
  }

  clear(): void {
    this.#body.replaceChildren()
  }

  /** Marks the image that is shown. */
  mark(index: number): void {
    for (const [at, row] of [...this.#body.rows].entries()) {
      row.classList.toggle('chosen', at === index)
      const link = row.querySelector('button')
      if (at === index) link?.setAttribute('aria-current', 'true')
      else link?.removeAttribute('aria-current')
    }
  }
}

function answerCell({ answers }: KernelView, mode: BootModeName): HTMLElement {
  const { spans } = answers!.modes.find(view => view.mode === mode)!
  const { verdict } = spans.at(-1)!
  return h(
    'td',
    { class: `look-${verdict}` },
    h('span', { 'aria-hidden': 'true' }, `${lookSign[verdict]} `),
    answerShort(spans),
  )
}
