/**
 * Which kernel a guest boots, for people.
 * @module
 */
import type { PygrubWalk } from '../boot/walk.ts'
import { printable } from '../document/printable.ts'
import { reasonText } from '../xen/reason-text.ts'
import { type Paint, VERDICT_STYLE } from './style.ts'
import { WIDTH, wrap } from './text.ts'

const span = ({ since, until }: { since: string; until: string }) =>
  since === until ? since : `${since} - ${until}`

const lines = (text: string, indent: number) =>
  wrap(printable(text), WIDTH - indent).map(line => ' '.repeat(indent) + line)

/** The walk of pygrub: span by span, the kernel that it takes and what the toolstack makes of it. */
export function bootTable(image: string, answers: readonly PygrubWalk[], paint: Paint): string {
  const rows = answers.flatMap(answer => {
    const { args, config, error, kernel, offset, outcome, python, ramdisk, title, verdicts = [] } = answer
    const head = `${span(answer)}${python === null ? '' : ` (Python ${python})`}`
    if (outcome === 'fails') {
      return [`    ${head.padEnd(SPAN)} ${paint('red', 'boots nothing')}`, ...lines(error ?? '', 8)]
    }
    const from = [
      offset === undefined || offset === 0 ? '' : `file system at byte ${offset}`,
      config ?? '',
      title === undefined || title === '' ? '' : `entry ${JSON.stringify(title)}`,
    ].filter(part => part !== '')
    return [
      `    ${head.padEnd(SPAN)} boots ${printable(kernel ?? '')}`,
      ...(from.length === 0 ? [] : lines(`by ${from.join(', ')}`, 8)),
      ...(ramdisk === undefined ? [] : lines(`initrd ${ramdisk}`, 8)),
      ...(args === undefined ? [] : lines(`arguments ${args}`, 8)),
      ...verdicts.flatMap(verdict => [
        `        ${span(verdict).padEnd(SPAN - 4)} ${paint(VERDICT_STYLE[verdict.verdict], verdict.verdict)}`,
        ...(verdict.verdict === 'accepts' ? [] : lines(reasonText(verdict.reason), 12)),
      ]),
    ]
  })
  return `${[paint('bold', printable(image)), '  pygrub', ...rows].join('\n')}\n`
}

const SPAN = 30
