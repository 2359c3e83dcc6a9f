/**
 * Which kernel a guest boots, for people.
 * @module
 */
import type { GuestPath } from '../boot/guest/choose.ts'
import { insideVolume } from '../boot/guest-volumes.ts'
import type { FoundEntry, GuestWalk } from '../boot/guest-walk.ts'
import type { PygrubWalk } from '../boot/walk.ts'
import { printable } from '../document/printable.ts'
import { reasonText } from '../xen/reason-text.ts'
import { columnsOf } from './fit.ts'
import { VERDICT_STYLE } from './style.ts'
import type { TextSetter } from './text-setter.ts'

/** What was found on one disk. */
export interface DiskWalk {
  /** Absent where another path was asked for. */
  pygrub?: readonly PygrubWalk[]
  guests: readonly { path: GuestPath; walk: GuestWalk | undefined }[]
  /** What is not read, where a loader may find a configuration, in a sentence. */
  unread?: string
}

const SPAN = 30

const span = ({ since, until }: { since: string; until: string }) =>
  since === until ? since : `${since} - ${until}`

/** The walk over one disk: what each path boots, and first of all whether they boot the same. */
export function bootTable(image: string, walk: DiskWalk, setter: TextSetter): string {
  const { guests, pygrub, unread } = walk
  return `${[
    ...setter.heading(image),
    ...headline(walk, setter),
    ...(pygrub === undefined ? [] : ['  pygrub', ...pygrub.flatMap(answer => pygrubRows(answer, setter))]),
    ...guests.flatMap(({ path, walk: guest }) => [`  ${path}`, ...guestRows(guest, unread, setter)]),
  ].join('\n')}\n`
}

/** Said where paths boot different kernels. */
function headline({ guests, pygrub = [] }: DiskWalk, setter: TextSetter): string[] {
  const byKernel = new Map<string, Set<string>>()
  const add = (kernel: string | undefined, path: string) => {
    if (kernel === undefined) return
    byKernel.set(kernel, (byKernel.get(kernel) ?? new Set()).add(path))
  }
  for (const { kernel } of pygrub) add(kernel, 'pygrub')
  for (const { path, walk } of guests) {
    for (const { kernel } of [walk?.entry ?? [], walk?.candidates ?? []].flat()) add(kernel, path)
  }
  if (byKernel.size < 2) return []
  const parts = [...byKernel].map(([kernel, paths]) => `${kernel} by ${[...paths].join(', ')}`)
  return setter
    .lines(`Which kernel this guest boots depends on the path: ${parts.join('; ')}`, 2)
    .map(line => setter.paint('yellow', line))
}

/** The kernel beside the versions, or below them where it does not fit. */
function bootsLines(head: string, kernel: string, setter: TextSetter): string[] {
  const line = `    ${head.padEnd(SPAN)} boots ${printable(kernel)}`
  return columnsOf(line) <= setter.width ? [line] : [`    ${head}`, ...setter.lines(`boots ${kernel}`, 8)]
}

function pygrubRows(answer: PygrubWalk, setter: TextSetter): string[] {
  const { args, config, error, kernel, offset, outcome, python, ramdisk, title, undecided } = answer
  const { verdicts = [] } = answer
  const head = `${span(answer)}${python === null ? '' : ` (Python ${python})`}`
  if (outcome === 'fails') {
    return [
      `    ${head.padEnd(SPAN)} ${setter.paint('red', 'boots nothing')}`,
      ...setter.lines(error ?? '', 8),
    ]
  }
  if (undecided !== undefined)
    return [
      `    ${head.padEnd(SPAN)} ${setter.paint('yellow', 'is not decided')}`,
      ...setter.lines(undecided, 8),
    ]
  const from = [
    offset === undefined || offset === 0 ? '' : `file system at byte ${offset}`,
    config ?? '',
    title === undefined || title === '' ? '' : `entry ${JSON.stringify(title)}`,
  ].filter(part => part !== '')
  return [
    ...bootsLines(head, kernel ?? '', setter),
    ...(from.length === 0 ? [] : setter.lines(`by ${from.join(', ')}`, 8)),
    ...(ramdisk === undefined ? [] : setter.lines(`initrd ${ramdisk}`, 8)),
    ...(args === undefined ? [] : setter.lines(`arguments ${args}`, 8)),
    ...verdicts.flatMap(verdict => [
      `        ${span(verdict).padEnd(SPAN - 4)} ${setter.paint(VERDICT_STYLE[verdict.verdict], verdict.verdict)}`,
      ...(verdict.verdict === 'accepts' ? [] : setter.lines(reasonText(verdict.reason), 12)),
    ]),
  ]
}

function guestRows(walk: GuestWalk | undefined, unread: string | undefined, setter: TextSetter): string[] {
  if (walk === undefined && unread !== undefined)
    return [`    ${setter.paint('yellow', 'is not decided')}`, ...setter.lines(unread, 8)]
  if (walk === undefined) return [`    ${setter.paint('red', 'boots nothing')}: it finds no configuration`]
  const { candidates, choice, entry, undecided } = walk
  const { config, grammar, problems, remarks } = choice
  return [
    ...setter.lines(`by ${config} (${grammar})`, 4),
    ...(undecided === undefined ? [] : setter.lines(undecided, 4)),
    ...(entry === undefined && undecided === undefined
      ? [`    ${setter.paint('red', 'boots nothing')}: there is no entry`]
      : []),
    ...[entry ?? [], candidates].flat().flatMap(found => entryRows(found, walk, setter)),
    ...remarks.flatMap(remark => setter.lines(remark, 4)),
    ...problems.flatMap(({ file, line, message }) =>
      setter
        .lines(`${file}${line === undefined ? '' : `:${line}`}: ${message}`, 4)
        .map(text => setter.paint('yellow', text)),
    ),
  ]
}

function entryRows(
  { args, initrds, kernel, kind, missing, outcome, titles, volume }: FoundEntry,
  { volume: home }: GuestWalk,
  setter: TextSetter,
): string[] {
  const what = kernel ?? 'nothing'
  const how = kind === 'linux' || kind === 'nothing' ? '' : ` (${kind})`
  return [
    ...setter.lines(`boots ${what}${how}: entry ${JSON.stringify(titles.join(' > '))}`, 4),
    ...(kernel !== undefined && volume === undefined
      ? [`        ${setter.paint('red', 'is not there')}`]
      : []),
    ...(volume !== undefined && volume !== home ? setter.lines(`at ${insideVolume(volume, what)}`, 8) : []),
    ...initrds.flatMap(path =>
      setter.lines(`initrd ${path}${missing.includes(path) ? ', which is not there' : ''}`, 8),
    ),
    ...(args === '' ? [] : setter.lines(`arguments ${args}`, 8)),
    ...(outcome === undefined
      ? []
      : [
          `        ${setter.paint(outcome.verdict === 'not-asked' ? 'dim' : VERDICT_STYLE[outcome.verdict], outcome.verdict)}`,
          ...(outcome.verdict === 'accepts' ? [] : setter.lines(outcome.reason, 12)),
        ]),
  ]
}
