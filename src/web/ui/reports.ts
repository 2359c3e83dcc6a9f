/** The reports of the command on all kernels that were given: on hosts, on an upgrade of them, and on releases. */
import { button, h } from '../../page/dom.ts'
import type { AnswerTo, ReportFormat, ReportQuestion } from '../messages.ts'
import { type Session, save } from '../session.ts'
import { checkbox, form, labelled, modeField, modesIn, textField, usualModes } from './fields.ts'

/** Formats by the endings of their files. */
const FORMATS: Readonly<Record<ReportFormat, string>> = {
  html: 'html',
  json: 'json',
  csv: 'csv',
  markdown: 'md',
  sarif: 'sarif',
  junit: 'xml',
}

type About = ReportQuestion['about']
/** What a report may be about; without an inventory only the last. */
const ABOUT: Readonly<Record<About, string>> = {
  hosts: 'your hosts as they are',
  upgrade: 'an upgrade of your hosts',
  releases: 'releases of Xen',
}
/** What stands before the field of versions, and in it. */
const VERSIONS: Readonly<Record<Exclude<About, 'hosts'>, [label: string, placeholder: string]>> = {
  upgrade: ['to', '4.17.4, or all for every later one'],
  releases: ['named', '4.13, 4.17.4, XCP-ng 8.2, or all'],
}

export class Reports {
  readonly element: HTMLElement
  readonly #session: Session
  readonly #about: HTMLSelectElement
  readonly #versions = textField('report-versions', '')
  readonly #versionsLabel: HTMLLabelElement
  readonly #mode = modeField('report-mode', usualModes(true))
  readonly #downgrade = checkbox(
    'report-downgrade',
    'hosts that run it or a newer one too (--allow-downgrade)',
  )
  readonly #format: HTMLSelectElement
  readonly #said = h('p', { role: 'status' })

  constructor(session: Session) {
    this.#session = session
    const options = Object.entries(ABOUT).map(([value, text]) => h('option', { value }, text))
    this.#about = h('select', { id: 'report-about' }, ...options)
    this.#about.addEventListener('change', () => this.#show())
    const versions = labelled('', this.#versions)
    this.#versionsLabel = versions.querySelector('label')!
    const formats = Object.keys(FORMATS).map(name => h('option', {}, name))
    this.#format = h('select', { id: 'report-format', 'aria-label': 'Format of the report' }, ...formats)
    this.element = h(
      'section',
      { class: 'kernel reports', hidden: true },
      h('h2', {}, 'Reports'),
      form(
        { class: 'fields' },
        () => this.#open(),
        labelled('All kernels on', this.#about),
        versions,
        labelled('as', this.#mode),
        this.#downgrade[0],
      ),
      h(
        'p',
        { class: 'fields' },
        button({ class: 'primary' }, () => this.#open(), 'Open the report'),
        button({}, () => this.#download(), 'Download as'),
        this.#format,
      ),
      this.#said,
    )
    this.update()
  }

  /** Looks anew at what was given. The hosts are asked first once there are some. */
  update(): void {
    const { images, inventories } = this.#session
    this.element.hidden = images.length === 0
    const hadHosts = !this.#about.options[0]!.hidden
    const hasHosts = inventories.length > 0
    for (const option of this.#about.options) {
      option.hidden = !hasHosts && option.value !== 'releases'
      option.disabled = option.hidden
    }
    if (!hasHosts) this.#about.value = 'releases'
    else if (!hadHosts) this.#about.value = 'hosts'
    this.#show()
  }

  /** Shows the fields of the question that is chosen. */
  #show(): void {
    const about = this.#about.value as About
    this.#versions.parentElement!.hidden = about === 'hosts'
    this.#downgrade[0].hidden = about !== 'upgrade'
    this.#mode.options[0]!.text = usualModes(about !== 'releases')
    if (about === 'hosts') return
    const [label, placeholder] = VERSIONS[about]
    this.#versionsLabel.textContent = label
    this.#versions.placeholder = placeholder
  }

  /** The question; nothing where no version is named, which is told. */
  #question(): ReportQuestion | undefined {
    const about = this.#about.value as About
    const modes = modesIn(this.#mode)
    if (about === 'hosts') return { about, ...modes }
    const text = this.#versions.value.trim()
    if (text === '') {
      this.#said.textContent = 'Name releases of Xen, or all.'
      this.#versions.focus()
      return undefined
    }
    if (about === 'releases') return { about, xen: text, ...modes }
    const to = text.split(',').map(version => version.trim())
    return { about, to, allowDowngrade: this.#downgrade[1].checked, ...modes }
  }

  /** The report; what stands against it is told. */
  async #report(question: ReportQuestion, format: ReportFormat): Promise<Blob | undefined> {
    this.#said.textContent = 'Writing the report …'
    let found: AnswerTo<'audit-report'>
    try {
      found = await this.#session.ask('audit-report', { ...this.#session.auditAsk(), question, format })
    } catch (error) {
      found = { fault: `It failed: ${(error as Error).message}` }
    }
    this.#said.textContent = 'fault' in found ? found.fault : found.remarks.join('; ')
    return 'fault' in found ? undefined : found.blob
  }

  /** The report in a tab of its own, which has this page's policy too. It is opened at once: later no browser would. */
  async #open(): Promise<void> {
    const question = this.#question()
    if (question === undefined) return
    const tab = open('about:blank', '_blank')
    const blob = await this.#report(question, 'html')
    if (blob === undefined) tab?.close()
    else if (tab === null) save(blob, fileName(question, 'html'))
    else tab.location.href = URL.createObjectURL(blob)
  }

  async #download(): Promise<void> {
    const question = this.#question()
    if (question === undefined) return
    const format = this.#format.value as ReportFormat
    const blob = await this.#report(question, format)
    if (blob !== undefined) save(blob, fileName(question, format))
  }
}

const fileName = ({ about }: ReportQuestion, format: ReportFormat) =>
  `${about === 'upgrade' ? 'upgrade' : 'audit'}.${FORMATS[format]}`
