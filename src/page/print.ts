/**
 * On paper nothing can be opened. A few things are open while it prints, and as they were afterwards: the first causes and
 * steps with what is about them, and no list of thousands. The matrix prints only where that is asked for.
 * @module
 */
import { byId } from './dom.ts'

/** What is opened: the worst causes, of the others a line says what they are; and the few names of lists. */
const OPENED = [
  '.causes > li:nth-child(-n + 10) > details',
  '.causes > li:nth-child(-n + 10) .affects',
  '.steps .affects',
  '.risks .affects',
]
  .map(part => `main ${part}:not([open])`)
  .join()

/** `draw` draws all rows of the matrix, or only those in view again. */
export function startPrint(draw: (whole: boolean) => void): void {
  const root = document.documentElement
  let opened: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    if (root.classList.contains('print-matrix')) draw(true)
    opened = [...document.querySelectorAll<HTMLDetailsElement>(OPENED)].filter(
      details => details.closest('details.more') === null,
    )
    root.classList.add('printing')
    for (const details of opened) details.open = true
  })
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false
    opened = []
    draw(false)
    root.classList.remove('printing', 'print-matrix')
  })
  byId('print', HTMLButtonElement).addEventListener('click', () => print())
  byId('print-matrix', HTMLButtonElement).addEventListener('click', () => {
    root.classList.add('print-matrix')
    print()
  })
}
