/** GRUB legacy's menu.lst, as pygrub reads it: GrubConfigFile (tools/pygrub/src/GrubConf.py). */
import {
  checkDevice,
  commandOf,
  type Entry,
  linesOf,
  type Menu,
  pathOf,
  type Reading,
  setDefault,
  setKernel,
} from './lines.ts'
import { evaluateRaw } from './python.ts'

const TITLE = 'title'

export function parseGrubLegacy(reading: Reading, content: string): Menu {
  const { ask, text } = reading
  const menu: Menu = { entries: [], default: 0 }
  let open: { title: string; lines: string[] } | undefined
  for (const line of linesOf(reading, content)) {
    if (line.startsWith(TITLE)) {
      if (open !== undefined) menu.entries.push(entryOf(reading, open.title, open.lines))
      open = { title: line, lines: [] }
      continue
    }
    if (open !== undefined) {
      open.lines.push(line)
      continue
    }
    const [command, argument] = commandOf(reading, line)
    if (!SETTINGS.has(command)) continue
    const value = plainValue(reading, text.strip(argument))
    if (command === 'default') setDefault(reading, menu, value)
    if (command === 'splashimage') pathOf(reading, value)
  }
  if (open !== undefined && (open.lines.length > 0 || ask.gate('legacy-last-title') === 'kept')) {
    menu.entries.push(entryOf(reading, open.title, open.lines))
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

const plainValue = ({ ask }: Reading, value: string) =>
  ask.gate('config-values') === 'evaluated' ? evaluateRaw(value) : value

function entryOf(reading: Reading, titleLine: string, lines: readonly string[]): Entry {
  const { ask, text } = reading
  const entry: Entry = { title: '' }
  if (ask.gate('legacy-last-title') === 'kept') {
    const [command, argument] = commandOf(reading, titleLine)
    if (command === TITLE) entry.title = plainValue(reading, text.strip(argument))
  } else entry.title = text.strip(titleLine.slice(TITLE.length + 1))
  for (const line of lines) {
    const [command, argument] = commandOf(reading, line)
    const stripped = text.strip(argument)
    switch (command) {
      case 'root':
      case 'rootnoverify':
        checkDevice(reading, plainValue(reading, stripped))
        break
      case 'kernel':
        setKernel(reading, entry, plainValue(reading, stripped))
        break
      case 'initrd':
        entry.initrd = pathOf(reading, plainValue(reading, stripped))
        break
    }
  }
  return entry
}
