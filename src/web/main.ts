/**
 * The page: files in, answers out. It holds the state and gives all work to workers.
 * @module
 */
import { byId, h } from '../page/dom.ts'
import { startTheme } from '../page/theme.ts'
import { recordText } from '../record/write.ts'
import { filesOfDrop, filesOfInput, hasPicker, pickFolder } from './given.ts'
import type { GivenFile, KernelView, Knowledge } from './messages.ts'
import { GivenUp, Pool } from './pool.ts'
import { kernelSection } from './ui/kernel.ts'
import { Overview } from './ui/overview.ts'
import { count } from './ui/words.ts'

/** Milliseconds that a worker has for a file; disks of many file systems take longest. */
const READ_LIMIT = 180_000
/** Milliseconds for whatever else is asked. */
const ASK_LIMIT = 30_000

const source = JSON.parse(byId('worker', HTMLScriptElement).text) as string
const workerUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
const pool = new Pool(() => new Worker(workerUrl))

const status = byId('status', HTMLElement)
const results = byId('results', HTMLElement)
const kernels: KernelView[] = []
let ordinary = 0
let reading = 0
let knowledge: Knowledge

const detail = h('div', { id: 'detail' })
const overview = new Overview(index => show(index, true))
let shown = -1

function show(index: number, wanted = false): void {
  const view = kernels[index]
  if (view === undefined) return
  shown = index
  overview.mark(index)
  detail.replaceChildren(kernelSection(view, knowledge))
  if (wanted) byId('kernel-name', HTMLElement).focus()
}

function add(view: KernelView): void {
  kernels.push(view)
  overview.add(view)
  if (kernels.length === 1) {
    document.documentElement.classList.add('has-results')
    results.replaceChildren(detail)
  }
  if (kernels.length === 2) results.prepend(overview.element)
  if (shown === -1) show(0)
  else overview.mark(shown)
}

function tell(): void {
  const found = kernels.filter(({ answers }) => answers !== undefined).length
  const others = kernels.length - found + ordinary
  const parts = [
    reading > 0 ? `Reading ${count(reading, 'file')} …` : '',
    found > 0 ? `${count(found, 'kernel')} read.` : '',
    others > 0 ? `${count(others, 'file')} without a kernel.` : '',
  ]
  status.dataset.state = reading > 0 ? 'reading' : 'done'
  status.textContent = parts.filter(part => part !== '').join(' ')
}

/** Reads files, all at once as far as there are workers, and shows them in their order. */
async function take(files: readonly GivenFile[]): Promise<void> {
  reading += files.length
  tell()
  const siblings = files.length > 1 ? files : []
  const jobs = files.map(given => read(given, siblings))
  for (const job of jobs) {
    for (const view of await job) add(view)
    reading--
    tell()
  }
}

async function read(given: GivenFile, siblings: readonly GivenFile[]): Promise<KernelView[]> {
  try {
    const answer = await pool.ask('read', { given, siblings }, { limit: READ_LIMIT })
    if (answer.kind === 'images') return answer.records.map(({ view }) => view)
    ordinary += answer.count
    return []
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const reason = error instanceof GivenUp ? error.message : `it failed with ${error.message}`
    return [await unread(given, reason)]
  }
}

/** The image of a file whose worker was given up. */
function unread({ address, file }: GivenFile, reason: string): Promise<KernelView> {
  const message = `Cannot read the image: its worker was ended, because ${reason}`
  const facts = { version: knowledge.facts, size: file.size, kind: 'unknown' as const, layers: [] }
  const { json } = recordText({ facts, problem: { code: 'worker-died', message } })
  return pool.ask('view', { image: address, json }, { limit: ASK_LIMIT, first: true })
}

function startInputs(): void {
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

function startDrop(): void {
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

function fail(error: unknown): void {
  status.textContent = `Cannot read what was given: ${error instanceof Error ? error.message : String(error)}`
}

async function start(): Promise<void> {
  document.documentElement.classList.add('scripted')
  startTheme(byId('theme', HTMLButtonElement))
  knowledge = await pool.ask('know', {}, { limit: ASK_LIMIT })
  startInputs()
  startDrop()
  byId('drop', HTMLElement).dataset.ready = 'true'
}

start().catch(fail)
