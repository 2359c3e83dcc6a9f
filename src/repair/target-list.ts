/** Targets in a few words. */
import type { BootModeName } from '../xen/boot-mode.ts'
import { releaseIndex } from '../xen/releases.ts'
import type { RepairTarget } from './target.ts'

/** Neighbouring releases as one span: `4.1.0 to 4.1.6.1`; other labels as they are. */
function spans(labels: readonly string[]): string[] {
  const words: string[] = []
  let open: { since: string; until: string } | undefined
  const close = () => {
    if (open !== undefined)
      words.push(open.since === open.until ? open.since : `${open.since} to ${open.until}`)
    open = undefined
  }
  for (const label of labels) {
    const index = releaseIndex(label)
    if (open !== undefined && index !== undefined && releaseIndex(open.until)! + 1 === index)
      open.until = label
    else {
      close()
      if (index === undefined) words.push(label)
      else open = { since: label, until: label }
    }
  }
  close()
  return words
}

/** `3.4.0 to 4.22.0 as pv-domU, pv-dom0`: one text for all boot modes that have the same targets. */
export function targetList(targets: readonly Pick<RepairTarget, 'label' | 'mode'>[]): string[] {
  const byMode = new Map<BootModeName | undefined, string[]>()
  for (const { label, mode } of targets) {
    const labels = byMode.get(mode) ?? []
    byMode.set(mode, labels)
    if (!labels.includes(label)) labels.push(label)
  }
  const byText = new Map<string, BootModeName[]>()
  for (const [mode, labels] of byMode) {
    const text = spans(labels).join(', ')
    const modes = byText.get(text) ?? []
    byText.set(text, modes)
    if (mode !== undefined) modes.push(mode)
  }
  return [...byText].map(([text, modes]) => (modes.length === 0 ? text : `${text} as ${modes.join(', ')}`))
}
