/**
 * Starts the document: the matrix, the panel, and everything that leads to them.
 * @module
 */
import type { PageData } from '../report/html/data.ts'
import { type Look, looks } from '../report/html/words.ts'
import { byId } from './dom.ts'
import { fillLists } from './lists.ts'
import { Matrix } from './matrix.ts'
import { Model } from './model.ts'
import { Panel } from './panel.ts'
import type { Target } from './target.ts'
import { startTheme } from './theme.ts'

const model = new Model(JSON.parse(byId('data', HTMLScriptElement).text) as PageData)
const panel = new Panel(byId('panel', HTMLDialogElement), model, () => matrix.unmark())
const matrix: Matrix = new Matrix(model, target => open(target, () => matrix.focus()))

function open(target: Target, back: () => void): void {
  panel.open(target, matrix.settings.show, back)
}

const section = byId('matrix', HTMLElement)
const goToMatrix = () => {
  section.scrollIntoView()
  matrix.focus()
}

function startLinks(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-cause]')) {
    button.addEventListener('click', () => {
      matrix.pick({ cause: Number(button.dataset.cause) })
      goToMatrix()
    })
  }
  for (const button of document.querySelectorAll('button[data-later-refusals]')) {
    button.addEventListener('click', () => {
      matrix.pick({ laterRefusals: true })
      goToMatrix()
    })
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="#cause-"]')) {
    const details = document.querySelector<HTMLDetailsElement>(`${link.getAttribute('href')} > details`)
    link.addEventListener('click', () => details?.setAttribute('open', ''))
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-look]')) {
    const look = looks.find((known): known is Look => known === link.dataset.look)
    if (look !== undefined) link.addEventListener('click', () => matrix.pick({ looks: new Set([look]) }))
  }
}

document.documentElement.classList.add('scripted')
byId('matrix-root', HTMLElement).append(matrix.element)
startTheme(byId('theme', HTMLButtonElement))
startLinks()
const fillAll = fillLists(model, open)
openForPrint(
  () => {
    fillAll()
    matrix.showWhole(true)
  },
  () => matrix.showWhole(false),
)

/**
 * On paper nothing can be opened: all is open while it prints, and as it was afterwards. `before` draws what is drawn only
 * on demand, `after` takes it back.
 */
function openForPrint(before: () => void, after: () => void): void {
  let opened: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    before()
    opened = [...document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')]
    for (const details of opened) details.open = true
  })
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false
    opened = []
    after()
  })
}
