/**
 * On paper nothing can be opened: all is open while it prints, and as it was afterwards.
 * @module
 */

/** `before` draws what is drawn only on demand, `after` takes it back. */
export function openForPrint(before: () => void, after: () => void): void {
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
