/**
 * The page: files in, answers out. All work is done by workers.
 * @module
 */
import { byId, h } from '../page/dom.ts'
import { startTheme } from '../page/theme.ts'
import { filesOfDrop, filesOfInput, hasPicker, pickFolder } from './given.ts'
import type { FileReading, GivenFile } from './messages.ts'
import { Pool } from './pool.ts'
import { type Image, Session } from './session.ts'
import { Fleet } from './ui/fleet.ts'
import { kernelSection } from './ui/kernel.ts'
import { logParts } from './ui/log.ts'
import { Overview } from './ui/overview.ts'
import { Reports } from './ui/reports.ts'
import { fill } from './ui/waiting.ts'
import { count } from './ui/words.ts'

/** So many at most, however many processors there are: each has an engine with memory of its own. */
const MAX_WORKERS = 4

/** The results as they come. */
class Results {
  readonly #session: Session
  readonly #status = byId('status', HTMLElement)
  readonly #place = byId('results', HTMLElement)
  readonly #logs = h('div', { class: 'logs' })
  readonly #detail = h('div', { id: 'detail' })
  readonly #overview = new Overview(index => this.#show(index, true))
  readonly #fleet: Fleet
  readonly #reports: Reports
  #ordinary = 0
  #reading = 0
  #shown = -1
  readonly #faults: string[] = []

  constructor(session: Session) {
    this.#session = session
    this.#fleet = new Fleet(session)
    this.#reports = new Reports(session)
    this.#overview.element.hidden = true
    this.#place.append(
      ...[this.#logs, this.#fleet.element, this.#overview.element, this.#detail, this.#reports.element],
    )
  }

  /** Reads files, all at once as far as there are workers, and shows them in their order. */
  async take(files: readonly GivenFile[]): Promise<void> {
    this.#reading += files.length
    this.#tell()
    const siblings = files.length > 1 ? files : []
    const jobs = files.map(given => this.#session.read(given, siblings))
    for (const [index, job] of jobs.entries()) {
      this.#add(await job, files[index]!, siblings)
      this.#reading--
      this.#tell()
    }
    this.#fleet.update()
    this.#reports.update()
  }

  #add(reading: FileReading, given: GivenFile, siblings: readonly GivenFile[]): void {
    document.documentElement.classList.add('has-results')
    switch (reading.kind) {
      case 'images':
        for (const { view, inside } of reading.records) {
          const origin = { given, siblings, ...(inside !== undefined && { inside }) }
          this.#addImage({ view, ...(reading.isFacts !== true && { origin }) })
        }
        if (reading.fault !== undefined) this.#faults.push(`${given.address}: ${reading.fault}`)
        break
      case 'inventory':
        this.#session.inventories.push({ ...reading.given, written: given.file.lastModified })
        this.#fleet.add(reading.given.name, reading.hosts, reading.problems)
        this.#fleet.element.append(this.#reports.element)
        if (this.#shown !== -1) this.#show(this.#shown)
        break
      case 'log':
        this.#logs.append(
          h('section', { class: 'kernel' }, h('h2', {}, reading.name), ...logParts(reading.log)),
        )
        break
      case 'ordinary':
        this.#ordinary += reading.count
    }
  }

  #addImage(image: Image): void {
    const { images } = this.#session
    images.push(image)
    this.#overview.add(image.view)
    this.#overview.element.hidden = images.length < 2
    if (this.#shown === -1) this.#show(0)
    else this.#overview.mark(this.#shown)
  }

  #show(index: number, wanted = false): void {
    const image = this.#session.images[index]
    if (image === undefined) return
    this.#shown = index
    this.#overview.mark(index)
    this.#detail.replaceChildren(kernelSection(this.#session, image))
    if (wanted) byId('kernel-name', HTMLElement).focus()
  }

  #tell(): void {
    const { images } = this.#session
    const found = images.filter(({ view }) => view.answers !== undefined).length
    const others = images.length - found + this.#ordinary
    const parts = [
      this.#reading > 0 ? `Reading ${count(this.#reading, 'file')} …` : '',
      found > 0 ? `${count(found, 'kernel')} read.` : '',
      others > 0 ? `${count(others, 'file')} without a kernel.` : '',
      this.#reading === 0 && found + others === 0 ? 'Read.' : '',
      ...this.#faults,
    ]
    this.#status.dataset.state = this.#reading > 0 ? 'reading' : 'done'
    this.#status.textContent = parts.filter(part => part !== '').join(' ')
  }
}

function startInputs(take: (files: readonly GivenFile[]) => Promise<void>): void {
  const input = (id: string) => {
    const element = byId(id, HTMLInputElement)
    element.addEventListener('change', () => {
      if (element.files !== null) take(filesOfInput(element.files)).catch(fail)
      element.value = ''
    })
    return element
  }
  const files = input('files')
  const folder = input('folder')
  byId('choose-files', HTMLButtonElement).addEventListener('click', () => files.click())
  byId('clear', HTMLButtonElement).addEventListener('click', () => location.reload())
  byId('choose-folder', HTMLButtonElement).addEventListener('click', () => {
    if (hasPicker) pickFolder().then(take).catch(fail)
    else folder.click()
  })
}

function startDrop(take: (files: readonly GivenFile[]) => Promise<void>): void {
  const root = document.documentElement
  let depth = 0
  const set = (value: number) => {
    depth = Math.max(0, value)
    root.classList.toggle('dragging', depth > 0)
  }
  addEventListener('dragenter', event => {
    event.preventDefault()
    set(depth + 1)
  })
  addEventListener('dragleave', () => set(depth - 1))
  addEventListener('dragover', event => event.preventDefault())
  addEventListener('drop', event => {
    event.preventDefault()
    set(0)
    if (event.dataTransfer !== null) filesOfDrop(event.dataTransfer).then(take).catch(fail)
  })
}

function startWhy(session: Session): void {
  const answer = byId('why-answer', HTMLElement)
  const lines = byId('why-lines', HTMLTextAreaElement)
  const ask = () => {
    const text = lines.value
    if (text.trim() === '') answer.replaceChildren()
    else fill(answer, 'Looking', async () => logParts(await session.ask('why', { text })))
  }
  byId('why', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault()
    ask()
  })
  lines.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) ask()
  })
}

/** Where the page comes from a server, it is kept for when there is no network. */
function startOffline(): void {
  if (location.protocol === 'file:' || !('serviceWorker' in navigator)) return
  // A browser that keeps nothing, in a private window say, still runs the page.
  navigator.serviceWorker.register('sw.js').catch(() => {})
  navigator.serviceWorker.ready.then(() => {
    byId('drop', HTMLElement).dataset.offline = 'true'
  })
}

function fail(error: unknown): void {
  const status = byId('status', HTMLElement)
  status.dataset.state = 'failed'
  status.textContent = `Cannot read what was given: ${error instanceof Error ? error.message : String(error)}`
}

async function start(): Promise<void> {
  document.documentElement.classList.add('scripted')
  startTheme(byId('theme', HTMLButtonElement))
  const source = JSON.parse(byId('worker', HTMLScriptElement).text) as string
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const workers = Math.max(1, Math.min(MAX_WORKERS, navigator.hardwareConcurrency ?? 1))
  const starting = Session.start(new Pool(() => new Worker(url), workers))
  const results = starting.then(session => new Results(session))
  // What is given before the first worker has started waits for it.
  const take = async (files: readonly GivenFile[]) => (await results).take(files)
  startInputs(take)
  startDrop(take)
  const session = await starting
  startWhy(session)
  startOffline()
  byId('drop', HTMLElement).dataset.ready = 'true'
}

start().catch(fail)
