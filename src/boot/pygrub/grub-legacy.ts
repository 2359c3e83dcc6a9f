/** GRUB legacy's menu.lst, as pygrub reads it: GrubConfigFile (tools/pygrub/src/GrubConf.py). */
import {
  checkDevice,
  commandOf,
  type Entry,
  linesOf,
  type Menu,
  type PygrubContext,
  pathOf,
  setDefault,
  setKernel,
} from './lines.ts'
import { evaluateRaw } from './python.ts'

const TITLE = 'title'

export function parseGrubLegacy(context: PygrubContext, content: string): Menu {
  const { ask, text } = context
  const menu: Menu = { entries: [], default: 0 }
  let open: { title: string; lines: string[] } | undefined
  for (const line of linesOf(context, content)) {
    if (line.startsWith(TITLE)) {
      if (open !== undefined) menu.entries.push(entryOf(context, open.title, open.lines))
      open = { title: line, lines: [] }
      continue
    }
    if (open !== undefined) {
      open.lines.push(line)
      continue
    }
    const [command, argument] = commandOf(context, line)
    if (!SETTINGS.has(command)) continue
    const value = plainValue(context, text.strip(argument))
    if (command === 'default') setDefault(context, menu, value)
    if (command === 'splashimage') pathOf(context, value)
  }
  if (open !== undefined && (open.lines.length > 0 || ask.gate('legacy-last-title') === 'kept')) {
    menu.entries.push(entryOf(context, open.title, open.lines))
  }
  return menu
}

/** Settings whose values are kept; all others are passed over. */
const SETTINGS: ReadonlySet<string> = new Set([
  'default',
  'timeout',
  'fallback',
  'hiddenmenu',
  'splashimage',
  'password',
])

const plainValue = ({ ask }: PygrubContext, value: string) =>
  ask.gate('config-values') === 'evaluated' ? evaluateRaw(value) : value

function entryOf(context: PygrubContext, titleLine: string, lines: readonly string[]): Entry {
  const { ask, text } = context
  const entry: Entry = { title: '' }
  if (ask.gate('legacy-last-title') === 'kept') {
    const [command, argument] = commandOf(context, titleLine)
    if (command === TITLE) entry.title = plainValue(context, text.strip(argument))
  } else entry.title = text.strip(titleLine.slice(TITLE.length + 1))
  for (const line of lines) {
    const [command, argument] = commandOf(context, line)
    const stripped = text.strip(argument)
    switch (command) {
      case 'root':
      case 'rootnoverify':
        checkDevice(context, plainValue(context, stripped))
        break
      case 'kernel':
        setKernel(context, entry, plainValue(context, stripped))
        break
      case 'initrd':
        entry.initrd = pathOf(context, plainValue(context, stripped))
        break
    }
  }
  return entry
}
