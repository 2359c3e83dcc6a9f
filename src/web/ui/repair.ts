/** A kernel repaired: what would be changed for the targets that are named, and the new kernel as a file. */
import { button, h } from '../../page/dom.ts'
import type { Origin, RepairAsk, RepairView } from '../messages.ts'
import { type Image, type Session, save } from '../session.ts'
import { checkbox, form, labelled, modeField, modesIn, textField, usualModes } from './fields.ts'
import { fill } from './waiting.ts'

/** A form that asks what has to be changed, and the answer below it. */
export class Repair {
  readonly element: HTMLElement
  readonly #place = h('div', { class: 'repair', 'aria-live': 'polite' })
  readonly #for = textField('repair-for', '4.1.6.1, 4.17, 3.4.0..4.22.0, pvgrub2@2.06, all')
  readonly #mode: HTMLSelectElement
  readonly #fleet: [HTMLElement, HTMLInputElement] | undefined
  readonly #session: Session
  readonly #image: Image
  readonly #origin: Origin

  constructor(session: Session, image: Image, origin: Origin) {
    this.#session = session
    this.#image = image
    this.#origin = origin
    const hasHosts = session.inventories.length > 0
    if (hasHosts)
      this.#fleet = checkbox('repair-hosts', 'hosts of the inventory: all, or those that are named', true)
    this.#mode = modeField('repair-mode', usualModes(hasHosts))
    this.element = h(
      'div',
      { class: 'body' },
      h(
        'p',
        {},
        'The smallest change after which it starts there. The new kernel is unpacked again, compared with the old one and judged before you get it.',
      ),
      form(
        { class: 'fields' },
        () => this.#ask(false),
        labelled('It has to start on', this.#for),
        this.#fleet?.[0] ?? false,
        labelled('as', this.#mode),
        h('button', { type: 'submit' }, 'What would be changed?'),
      ),
      this.#place,
    )
  }

  #ask(make: boolean): void {
    const { image } = this.#image.view
    const ask: RepairAsk = {
      ...this.#origin,
      ...modesIn(this.#mode),
      image,
      for: this.#for.value,
      inventories: this.#fleet?.[1].checked === true ? this.#session.inventories : [],
      make,
    }
    fill(this.#place, make ? 'Making it' : 'Looking for the smallest change', async () => {
      const found = await this.#session.ask('repair', ask)
      if ('fault' in found) return [h('p', { class: 'problem' }, found.fault)]
      if (found.made !== undefined)
        save(found.made.blob, `${image.slice(image.lastIndexOf('/') + 1)}-repaired`)
      return [...planParts(found), ...(found.made === undefined ? this.#offer(found) : madeParts(found.made))]
    })
  }

  /** A button that makes the kernel, where there is something to change. */
  #offer({ isChanged, isWhole }: RepairView): HTMLElement[] {
    if (!isChanged) return isWhole ? [] : [h('p', {}, 'No change here makes it start on more of them.')]
    const text = isWhole ? 'Make the repaired kernel' : 'Make it for those that take it'
    return [
      h(
        'p',
        {},
        button({ id: 'repair-make', class: 'primary' }, () => this.#ask(true), text),
      ),
    ]
  }
}

/** The plan; what goes on with a part before it has no name of its own. */
function planParts({ parts, text, remarks }: RepairView): HTMLElement[] {
  return [
    ...remarks.map(remark => h('p', { class: 'note' }, remark)),
    partList(parts.map(({ label, texts }) => [label, texts])),
    h(
      'details',
      {},
      h('summary', {}, 'As `repair --dry-run` prints it'),
      h('pre', { class: 'log', tabindex: '0' }, text),
    ),
  ]
}

function madeParts({ differences, proofs, purpose }: NonNullable<RepairView['made']>): HTMLElement[] {
  const heads = ['What', 'Before', 'After'].map(word => h('th', { scope: 'col' }, word))
  const rows = differences.map(({ what, before, after }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, what),
      h('td', {}, h('code', {}, before)),
      h('td', {}, h('code', {}, after)),
    ),
  )
  return [
    h('h4', {}, 'Saved. It differs in this, and in nothing else'),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Differences' },
      h(
        'table',
        { class: 'list differences' },
        h('thead', {}, h('tr', {}, ...heads)),
        h('tbody', {}, ...rows),
      ),
    ),
    partList([
      ['proved', proofs],
      ['use', purpose],
    ]),
  ]
}

const partList = (parts: readonly (readonly [label: string, texts: readonly string[]])[]) => {
  const list = h('dl', { class: 'answers parts' })
  for (const [label, texts] of parts) {
    const said = texts.map(text => h('dd', {}, text))
    if (label === '') list.lastElementChild?.append(...said)
    else list.append(h('div', {}, h('dt', {}, label), ...said))
  }
  return list
}
