/** grub.cfg, as pygrub reads it: line by line, and not as the script that it is (Grub2ConfigFile, tools/pygrub/src/GrubConf.py). */
import {
  checkDevice,
  commandOf,
  type Entry,
  grubSplit,
  linesOf,
  type Menu,
  pathOf,
  type Reading,
  setDefault,
  setKernel,
} from './lines.ts'
import { PythonError, reprList, unpackTwo } from './python.ts'

const MENUENTRY = {
  'double-quotes': /^menuentry "(.*)" .*\{/,
  greedy: /^menuentry ["'](.*)["'] .*\{/,
  lazy: /^menuentry ["'](.*?)["'] .*\{/,
} as const

const syntaxError = (message: string) => new PythonError('RuntimeError', `syntax error: ${message}`)

export function parseGrub2(reading: Reading, content: string): Menu {
  const { ask, text } = reading
  const menu: Menu = { entries: [], default: 0 }
  const menuentry = MENUENTRY[ask.gate('menuentry-title')]
  const submenus = ask.gate('submenu')
  let inFunction = false
  let level = 0
  let open: { title: string; lines: string[] } | undefined
  for (const line of linesOf(reading, content)) {
    if (line.startsWith('function')) {
      inFunction = true
      continue
    }
    if (inFunction) {
      if (line.startsWith('}')) inFunction = false
      continue
    }
    const title = line.startsWith('menuentry') ? menuentry.exec(line)?.[1] : undefined
    if (title !== undefined) {
      if (open !== undefined) {
        throw syntaxError(`cannot nest menuentry (${open.lines.length} ${reprList(open.lines)})`)
      }
      open = { title, lines: [] }
      continue
    }
    if (submenus && line.startsWith('submenu')) {
      level++
      continue
    }
    if (line.startsWith('}')) {
      if (open !== undefined) {
        menu.entries.push(entryOf(reading, open.title, open.lines))
        open = undefined
      } else if (level > 0) level--
      else throw syntaxError('closing brace without menuentry')
      continue
    }
    if (open !== undefined) {
      open.lines.push(line)
      continue
    }
    const [command, argument] = settingOf(reading, line)
    if (command === 'set:default') setMenuDefault(reading, menu, text.strip(argument))
  }
  if (open !== undefined) {
    throw syntaxError(`end of file with open menuentry(${open.lines.length} ${reprList(open.lines)})`)
  }
  return menu
}

function setMenuDefault(reading: Reading, menu: Menu, value: string): void {
  const variable = /^\$\{(\w+)\}$/.exec(value)?.[1]
  const saved = variable !== undefined && reading.ask.gate('saved-entries').includes(variable)
  setDefault(reading, menu, saved && reading.ask.gate('default-value') !== 'title' ? '0' : value)
}

/** A command and its argument; `set name=value` gives `set:name`, and a value in quotes loses them. */
function settingOf(reading: Reading, line: string): [command: string, argument: string] {
  const [command, argument] = commandOf(reading, line)
  if (command !== 'set') return [command, argument]
  const [name, value] = unpackTwo(grubSplit(reading, argument, 2))
  return [`set:${name}`, /^(["'])(.*)\1/.exec(value)?.[2] ?? value]
}

function entryOf(reading: Reading, title: string, lines: readonly string[]): Entry {
  const { ask, text } = reading
  const entry: Entry = { title: text.strip(title) }
  for (const line of lines) {
    const [command, argument] = settingOf(reading, line)
    const value = text.strip(argument)
    if (command === 'set:root') checkDevice(reading, value)
    else if (command === 'linux' || (command === 'linux16' && ask.gate('linux16')))
      setKernel(reading, entry, value)
    else if (command === 'initrd' || (command === 'initrd16' && ask.gate('linux16'))) {
      entry.initrd = pathOf(reading, value)
    }
  }
  return entry
}
