/** The hosts of an inventory: what all kernels come to on them, and one kernel on each. */
import { badge } from '../../page/badge.ts'
import { h } from '../../page/dom.ts'
import { lookWord, modeWord } from '../../report/html/words.ts'
import type { VerdictWord } from '../../xen/verdict.ts'
import type { AnswerTo, AuditSummary } from '../messages.ts'
import type { Session } from '../session.ts'
import { fill } from './waiting.ts'
import { count } from './words.ts'

const ORDER: readonly VerdictWord[] = ['refuses', 'uncertain', 'accepts', 'unavailable', 'not-asked']

/** What the hosts make of all kernels, with the reports of the command. */
export class Fleet {
  readonly element = h('section', { class: 'kernel fleet', hidden: true })
  readonly #session: Session
  readonly #said: string[] = []
  readonly #summary = h('div', { 'aria-live': 'polite' })

  constructor(session: Session) {
    this.#session = session
    this.element.append(h('h2', {}, 'On your hosts'), this.#summary)
  }

  /** Takes note of an inventory. */
  add(name: string, hosts: number, problems: readonly string[]): void {
    this.element.hidden = false
    this.#said.push(`${name}: ${count(hosts, 'host')}`, ...problems)
    this.update()
  }

  /** Asks again, when kernels or inventories have come. */
  update(): void {
    if (this.element.hidden) return
    const hasKernels = this.#session.images.length > 0
    const notes = () => this.#said.map(text => h('p', { class: 'note' }, text))
    if (!hasKernels) {
      this.#summary.replaceChildren(
        ...notes(),
        h('p', {}, 'Give kernels too, to see which of them start there.'),
      )
      return
    }
    fill(this.#summary, 'Asking the hosts', async () => [
      ...notes(),
      ...summaryParts(await this.#session.ask('audit-summary', this.#session.auditAsk())),
    ])
  }
}

function summaryParts({ counts, causes, hosts }: AuditSummary): HTMLElement[] {
  const said = ORDER.filter(word => counts[word] > 0).map(word =>
    h('li', {}, badge(word), ` ${counts[word].toLocaleString('en')}`),
  )
  return [
    h('p', {}, `Kernels on ${count(hosts, 'host')}, each kernel on each host and in each boot mode once:`),
    h('ul', { class: 'counts', 'aria-label': ORDER.map(word => lookWord[word]).join(', ') }, ...said),
    ...causes
      .slice(0, 5)
      .map(({ title, verdict, reason, remedies, count: number }) =>
        h(
          'p',
          {},
          badge(verdict),
          ' ',
          h('strong', {}, `${title} (${number.toLocaleString('en')})`),
          ` ${reason}. `,
          remedies[0] !== undefined && h('span', { class: 'note' }, `What to do: ${remedies[0]}`),
        ),
      ),
  ]
}

/** What each build says of one kernel. */
export function hostsParts({ modes, builds }: AnswerTo<'hosts'>): HTMLElement[] {
  const heads = ['Xen', 'Hosts', ...modes.map(mode => modeWord[mode])].map(word =>
    h('th', { scope: 'col' }, word),
  )
  const rows = builds.map(({ label, hosts, answers }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, label),
      h(
        'td',
        {},
        hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more` : hosts.join(', '),
      ),
      ...answers.map(({ verdict, title, reason }) =>
        h('td', { title: reason }, badge(verdict), title !== undefined && h('div', { class: 'note' }, title)),
      ),
    ),
  )
  return [
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Hosts' },
      h('table', { class: 'list' }, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows)),
    ),
  ]
}
