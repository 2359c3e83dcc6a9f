/**
 * Buttons that copy a table to the clipboard.
 * @module
 */
import { button, h } from './dom.ts'
import { type Table, TEXT_FORMS, tableText } from './table-text.ts'

/** Where the browser keeps the clipboard from pages, a field that is selected is copied. */
function copySelected(text: string): boolean {
  const field = h('textarea', { class: 'copied-text', 'aria-hidden': 'true', tabindex: -1 })
  field.value = text
  const focused = document.activeElement
  // A dialog that is modal takes the focus from whatever is outside of it.
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return isCopied
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text)
  }
}

/** `what` completes the name of each button: `Copy the matrix as CSV`. */
export function copyButtons(what: string, make: () => Table): HTMLElement {
  const said = h('span', { class: 'copied', role: 'status' })
  const buttons = TEXT_FORMS.map(form =>
    button(
      { class: 'quiet', 'aria-label': `Copy ${what} as ${form}` },
      async () => {
        said.textContent = (await copy(tableText(make(), form)))
          ? 'Copied'
          : 'The browser does not let it be copied'
        setTimeout(() => said.replaceChildren(), 2000)
      },
      form,
    ),
  )
  return h('span', { class: 'copy' }, h('span', { class: 'copy-label' }, 'Copy as'), ...buttons, said)
}
