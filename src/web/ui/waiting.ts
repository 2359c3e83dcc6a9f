/** What is shown while a worker is asked. */
import { h } from '../../page/dom.ts'

/** Puts into `place` that something is worked on, then what comes of it, or why nothing does. */
export async function fill(
  place: HTMLElement,
  what: string,
  work: () => Promise<readonly Node[]>,
): Promise<void> {
  place.replaceChildren(h('p', { class: 'note' }, `${what} …`))
  try {
    place.replaceChildren(...(await work()))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    place.replaceChildren(h('p', { class: 'problem' }, `${what} failed: ${reason}`))
  }
}

/** A part that is folded until it is opened, and asks for its content then. */
export function folded(
  title: string,
  what: string,
  work: () => Promise<readonly Node[]>,
): HTMLDetailsElement {
  const body = h('div', { class: 'body' })
  const details = h('details', { class: 'part' }, h('summary', {}, h('h3', {}, title)), body)
  details.addEventListener('toggle', () => {
    if (details.open && body.childElementCount === 0) fill(body, what, work)
  })
  return details
}
