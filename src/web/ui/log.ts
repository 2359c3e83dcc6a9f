/** Lines of a log that loaders print, explained. */
import { h } from '../../page/dom.ts'
import { modeWord } from '../../report/html/words.ts'
import type { LogAnswer, LogLineView } from '../messages.ts'

const KINDS = {
  noise: 'It means nothing: it is logged of kernels that load, too.',
  ending: 'It names no cause.',
} as const

/** The lines, or that none is known. */
export function logParts({ lines }: LogAnswer): HTMLElement[] {
  if (lines.length === 0)
    return [
      h('p', {}, 'Nothing of it is known: no loader of Xen prints a line of it, as far as the models know.'),
    ]
  return lines.map(linePart)
}

const linePart = ({ text, times, who, modes, since, until, kind, causes, next, remedies }: LogLineView) =>
  h(
    'section',
    { class: 'card log-line' },
    h('p', { class: 'where' }, text, times > 1 && h('small', {}, ` ${times} times`)),
    h(
      'p',
      { class: 'note' },
      `Printed by: ${who}${since === undefined ? '' : `, Xen ${since} to ${until}`} (${modes.map(mode => modeWord[mode]).join(', ')}).`,
    ),
    kind !== undefined && h('p', {}, KINDS[kind]),
    causes.length > 0 &&
      h(
        'p',
        {},
        h('strong', {}, causes.length > 1 ? 'Causes: ' : 'Cause: '),
        causes.map(({ title }) => title).join('; '),
      ),
    h('p', {}, h('strong', {}, 'Next: '), next),
    remedies.length > 0 && h('ol', { class: 'remedies' }, ...remedies.map(remedy => h('li', {}, remedy))),
  )
