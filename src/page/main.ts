/**
 * Starts the document: the matrix, the panel, and everything that leads to them.
 * @module
 */
import type { PageData } from '../report/html/data.ts'
import { type Look, looks } from '../report/html/words.ts'
import { addressOf, placeAt } from './address.ts'
import { openCause, startCauses } from './causes.ts'
import { byId } from './dom.ts'
import { everyKernel } from './every-kernel.ts'
import { fillLists } from './lists.ts'
import { Matrix } from './matrix.ts'
import { Model } from './model.ts'
import { Panel } from './panel.ts'
import { startPrint } from './print.ts'
import type { Target } from './target.ts'
import { startTheme } from './theme.ts'

const model = new Model(JSON.parse(byId('data', HTMLScriptElement).text) as PageData)
/** What the panel is about; undefined while it is closed. */
let target: Target | undefined
/** True where the last step was typing, of which more may come. */
let wasTyping = false
/** True while an address is followed: what it brings about is no step of its own. */
let isFollowing = false

const panel = new Panel(byId('panel', HTMLDialogElement), model, now => {
  target = now
  if (now === undefined) matrix.unmark()
  keep(false)
})
const matrix: Matrix = new Matrix(model, next => open(next, () => matrix.focus()), keep)

function open(next: Target, back: () => void): void {
  panel.open(next, matrix.settings.show, back)
}

/** Puts the place into the address; typing is one step, whatever its length. */
function keep(isTyping: boolean): void {
  if (isFollowing) return
  const { settings } = matrix
  const address = addressOf(model, target === undefined ? { settings } : { settings, target })
  if (address === location.hash) return
  if (isTyping && wasTyping) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  wasTyping = isTyping
}

/** Goes to where the address says. */
function follow(): void {
  openCause(location.hash)
  const place = placeAt(model, location.hash)
  if (place === undefined) return
  isFollowing = true
  matrix.apply(place.settings)
  if (place.target === undefined) panel.close()
  else open(place.target, () => matrix.focus())
  isFollowing = false
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
    link.addEventListener('click', () => openCause(link.getAttribute('href')!))
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-look]')) {
    const look = looks.find((known): known is Look => known === link.dataset.look)
    if (look === undefined) continue
    link.addEventListener('click', event => {
      event.preventDefault()
      matrix.pick({ looks: new Set([look]) })
      goToMatrix()
    })
  }
}

document.documentElement.classList.add('scripted')
byId('matrix-root', HTMLElement).append(matrix.element, everyKernel(model))
startTheme(byId('theme', HTMLButtonElement))
startLinks()
startCauses(model)
fillLists(model, open)
startPrint(whole => matrix.showWhole(whole))
addEventListener('popstate', follow)
if (location.hash !== '') {
  follow()
  if (placeAt(model, location.hash) !== undefined) section.scrollIntoView()
}
