/**
 * The panel: beside the matrix where there is room, above it where there is none. Escape closes it, and the focus goes
 * back to where it was opened.
 * @module
 */
import { button, h } from './dom.ts'
import type { Model, Show } from './model.ts'
import { buildContent, buildsContent } from './panel-builds.ts'
import { cellContent, cellsContent } from './panel-cell.ts'
import { kernelContent } from './panel-kernel.ts'
import type { Asked, Content } from './panel-parts.ts'
import type { Target } from './target.ts'

/** From this width on the panel is beside the matrix, and both can be used. */
const BESIDE = '(min-width: 60rem)'

export class Panel {
  readonly #dialog: HTMLDialogElement
  readonly #model: Model
  readonly #moved: (target: Target | undefined) => void
  #show: Show = 'today'
  #path: Target[] = []
  #back: () => void = () => {}

  /** `moved` is told what the panel is about now, and nothing when it has gone. */
  constructor(dialog: HTMLDialogElement, model: Model, moved: (target: Target | undefined) => void) {
    this.#dialog = dialog
    this.#model = model
    this.#moved = moved
    dialog.addEventListener('close', () => {
      document.body.classList.remove('beside')
      this.#path = []
      this.#moved(undefined)
      this.#back()
    })
    document.addEventListener('keydown', event => {
      if (event.key === 'Escape' && dialog.open) {
        event.preventDefault()
        dialog.close()
      }
    })
  }

  /** Opens the panel; `back` takes the focus when it closes. */
  open(target: Target, show: Show, back: () => void): void {
    this.#path = [target]
    this.#show = show
    this.#back = back
    const beside = matchMedia(BESIDE).matches
    if (!this.#dialog.open) {
      document.body.classList.toggle('beside', beside)
      if (beside) this.#dialog.show()
      else this.#dialog.showModal()
    }
    this.#draw()
  }

  close(): void {
    if (this.#dialog.open) this.#dialog.close()
  }

  #draw(): void {
    const target = this.#path.at(-1)!
    this.#moved(target)
    const go = (next: Target) => {
      this.#path.push(next)
      this.#draw()
    }
    const { title, body } = contentOf({ model: this.#model, show: this.#show, go }, target)
    const heading = h('h2', { id: 'panel-title', tabindex: -1 }, title)
    const returns = () => {
      this.#path.pop()
      this.#draw()
    }
    const close = button({ class: 'close', 'aria-label': 'Close' }, () => this.close(), '×')
    this.#dialog.replaceChildren(
      h(
        'div',
        { class: 'panel-head' },
        this.#path.length > 1 && button({ class: 'quiet' }, returns, '← Back'),
        heading,
        close,
      ),
      h('div', { class: 'panel-body' }, ...body.filter(part => part !== undefined)),
    )
    this.#dialog.scrollTop = 0
    heading.focus({ preventScroll: true })
  }
}

/** What the panel says, by what it is about. */
function contentOf(asked: Asked, target: Target): Content {
  switch (target.kind) {
    case 'cell':
      return target.builds.length === 1 ? cellContent(asked, target) : cellsContent(asked, target)
    case 'kernel':
      return kernelContent(asked, target.kernel)
    case 'builds':
      return target.builds.length === 1
        ? buildContent(asked, target.builds[0]!)
        : buildsContent(asked, target.label, target.builds)
  }
}
