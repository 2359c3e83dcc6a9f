/** grub.cfg, as pygrub reads it: line by line, and not as the script that it is (Grub2ConfigFile, tools/pygrub/src/GrubConf.py). */
import {
  checkDevice,
  commandOf,
  type Entry,
  grubSplit,
  linesOf,
  type Menu,
  type PygrubContext,
  pathOf,
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

export function parseGrub2(context: PygrubContext, content: string): Menu {
  const { ask, text } = context
  const menu: Menu = { entries: [], default: 0 }
  const menuentry = MENUENTRY[ask.gate('menuentry-title')]
  const submenus = ask.gate('submenu')
  let inFunction = false
  let level = 0
  let open: { title: string; lines: string[] } | undefined
  for (const line of linesOf(context, content)) {
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
        menu.entries.push(entryOf(context, open.title, open.lines))
        open = undefined
      } else if (level > 0) level--
      else throw syntaxError('closing brace without menuentry')
      continue
    }
    if (open !== undefined) {
      open.lines.push(line)
      continue
    }
    const [command, argument] = settingOf(context, line)
    if (command === 'set:default') setMenuDefault(context, menu, text.strip(argument))
  }
  if (open !== undefined) {
    throw syntaxError(`end of file with open menuentry(${open.lines.length} ${reprList(open.lines)})`)
  }
  return menu
}

function setMenuDefault(context: PygrubContext, menu: Menu, value: string): void {
  const variable = /^\$\{(\w+)\}$/.exec(value)?.[1]
  const saved = variable !== undefined && context.ask.gate('saved-entries').includes(variable)
  setDefault(context, menu, saved && context.ask.gate('default-value') !== 'title' ? '0' : value)
}

/** A command and its argument; `set name=value` gives `set:name`, and a value in quotes loses them. */
function settingOf(context: PygrubContext, line: string): [command: string, argument: string] {
  const [command, argument] = commandOf(context, line)
  if (command !== 'set') return [command, argument]
  const [name, value] = unpackTwo(grubSplit(context, argument, 2))
  return [`set:${name}`, /^(["'])(.*)\1/.exec(value)?.[2] ?? value]
}

function entryOf(context: PygrubContext, title: string, lines: readonly string[]): Entry {
  const { ask, text } = context
  const entry: Entry = { title: text.strip(title) }
  for (const line of lines) {
    const [command, argument] = settingOf(context, line)
    const value = text.strip(argument)
    if (command === 'set:root') checkDevice(context, value)
    else if (command === 'linux' || (command === 'linux16' && ask.gate('linux16')))
      setKernel(context, entry, value)
    else if (command === 'initrd' || (command === 'initrd16' && ask.gate('linux16'))) {
      entry.initrd = pathOf(context, value)
    }
  }
  return entry
}
