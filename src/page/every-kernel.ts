/**
 * A list of all kernels below the matrix. The matrix draws only the rows in view; here the browser's own search finds
 * every name, and opens the list where it does.
 * @module
 */
import { addressOf } from './address.ts'
import { h } from './dom.ts'
import { fullName } from './full-name.ts'
import type { Model } from './model.ts'
import { count } from './names.ts'
import { firstSettings } from './settings.ts'

export function everyKernel(model: Model): HTMLElement {
  const { kernels } = model.data
  const list = h('ul', { class: 'names' })
  const settings = firstSettings(model)
  const fill = () => {
    const order = [...kernels.keys()].sort((a, b) => model.nameRanks[a]! - model.nameRanks[b]!)
    list.append(
      ...order.map(kernel => {
        const href = addressOf(model, { settings, target: { kind: 'kernel', kernel } })
        return h('li', {}, h('a', { href }, h('bdi', {}, fullName(kernels[kernel]!))))
      }),
    )
  }
  // After what is seen first is painted.
  setTimeout(fill)
  return h(
    'details',
    { class: 'every-kernel' },
    h('summary', {}, `All ${count(kernels.length, 'kernel')} by name`),
    list,
  )
}
