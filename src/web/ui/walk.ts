/** The walk of a release's loader over a kernel, stage by stage. */
import { button, h } from '../../page/dom.ts'
import { modeWord } from '../../report/html/words.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import type { AnswerTo, WalkStep } from '../messages.ts'
import type { Image, Session } from '../session.ts'
import { fill } from './waiting.ts'

/** A form that asks for a walk, and the walk below it. */
export class Walk {
  readonly element: HTMLElement
  readonly #place = h('div', { class: 'walk' })
  readonly #release: HTMLSelectElement
  readonly #mode: HTMLSelectElement
  readonly #session: Session
  readonly #image: Image

  constructor(session: Session, image: Image) {
    this.#session = session
    this.#image = image
    const newestFirst = [...session.knowledge.releases].reverse()
    this.#release = h('select', { id: 'walk-release' }, ...newestFirst.map(name => h('option', {}, name)))
    this.#mode = h(
      'select',
      { id: 'walk-mode' },
      ...bootModes.map(mode => h('option', { value: mode }, modeWord[mode])),
    )
    this.element = h(
      'div',
      {},
      h(
        'p',
        { class: 'fields' },
        h('label', { for: 'walk-release' }, 'Xen'),
        this.#release,
        h('label', { for: 'walk-mode' }, 'as'),
        this.#mode,
        button({}, () => this.#show(), 'Walk through it'),
      ),
      this.#place,
    )
  }

  /** Walks as a release in a mode. */
  go(release: string, mode: BootModeName): void {
    this.#release.value = release
    this.#mode.value = mode
    this.#show()
  }

  #show(): void {
    const { image, json } = this.#image.view
    const release = this.#release.value
    const mode = this.#mode.value as BootModeName
    fill(this.#place, 'Walking', async () =>
      walkParts(await this.#session.ask('walk', { image, json, release, mode })),
    )
  }
}

function walkParts({ steps, text }: AnswerTo<'walk'>): HTMLElement[] {
  const stages: { name: string; steps: WalkStep[] }[] = []
  for (const step of steps) {
    if (stages.at(-1)?.name !== step.stage) stages.push({ name: step.stage, steps: [] })
    stages.at(-1)!.steps.push(step)
  }
  return [
    h(
      'p',
      {},
      button({}, () => navigator.clipboard?.writeText(text), 'Copy as text'),
    ),
    ...stages.map(({ name, steps: own }) =>
      h('section', {}, h('h4', {}, h('code', {}, name)), h('ol', { class: 'steps' }, ...own.map(stepItem))),
    ),
    h(
      'details',
      {},
      h('summary', {}, 'As `explain` prints it'),
      h('pre', { class: 'log', tabindex: '0' }, text),
    ),
  ]
}

const stepItem = ({ what, offset, value, does, gates }: WalkStep): HTMLElement =>
  h(
    'li',
    {},
    h('span', {}, what, offset !== undefined && ` at ${offset}`, value !== undefined && ': '),
    value !== undefined && h('code', {}, value),
    h('div', { class: 'does' }, does),
    ...gates.map(gate => h('div', { class: 'note' }, gate)),
  )
