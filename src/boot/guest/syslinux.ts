/** syslinux, extlinux and isolinux as they read their configuration themselves (com32/menu/readconfig.c). */
import type { GuestFiles } from '../guest-files.ts'
import { CONFIG_LIMIT, configText, type MenuChoice, type MenuEntry, type MenuProblem } from '../menu.ts'

const DEEPEST_INCLUDE = 8
const MOST_LABELS = 10_000

interface Label {
  name: string
  entry: MenuEntry
}

export function chooseSyslinux(files: GuestFiles, config: string): MenuChoice {
  const folder = config.slice(0, config.lastIndexOf('/'))
  const absolute = (path: string) => (path.startsWith('/') ? path : `${folder}/${path}`)
  const labels: Label[] = []
  const problems: MenuProblem[] = []
  let wanted: string | undefined
  let byMenu: string | undefined
  let hasMenu = false
  const read = (file: string, depth: number): void => {
    if (depth > DEEPEST_INCLUDE) {
      problems.push({ file, message: 'configuration files include each other too often' })
      return
    }
    for (const raw of configText(files.read(file, CONFIG_LIMIT)).split('\n')) {
      const match = /^\s*(\w+)(?:\s+(.*?))?\s*$/.exec(raw)
      if (match === null) continue
      const keyword = match[1]!.toLowerCase()
      const value = match[2] ?? ''
      const open = labels.at(-1)
      if (keyword === 'label') {
        if (labels.length >= MOST_LABELS) return
        labels.push({ name: value, entry: { titles: [value], kind: 'nothing', initrds: [], args: '' } })
      } else if (keyword === 'default' && !/\.c32$/.test(value)) wanted ??= value
      else if (keyword === 'ui' || (keyword === 'default' && /\.c32$/.test(value))) hasMenu = true
      else if (keyword === 'include') read(absolute(value), depth + 1)
      else if (keyword === 'menu' && /^default\b/i.test(value)) byMenu = open?.name
      else if (keyword === 'menu' && /^include\s/i.test(value))
        read(absolute(value.split(/\s+/)[1]!), depth + 1)
      else if (open !== undefined) open.entry = withKeyword(open.entry, keyword, value, absolute)
    }
  }
  read(config, 0)
  const name = hasMenu ? (byMenu ?? wanted) : wanted
  const entry = labels.find(label => label.name === name)?.entry ?? (hasMenu ? labels[0]?.entry : undefined)
  return {
    config,
    grammar: 'syslinux',
    ...(entry !== undefined && { entry }),
    ...(entry === undefined &&
      labels.length > 0 && { undecided: 'no label is the default: whoever is at the console decides' }),
    candidates: entry === undefined ? labels.slice(0, 16).map(label => label.entry) : [],
    remarks: [],
    problems,
  }
}

function withKeyword(
  entry: MenuEntry,
  keyword: string,
  value: string,
  absolute: (path: string) => string,
): MenuEntry {
  switch (keyword) {
    case 'linux':
    case 'kernel': {
      const [path = '', ...rest] = value.split(/\s+/)
      const chain = /\.(c32|bin|0|bs|bss|cbt)$/.test(path)
      return {
        ...entry,
        kind: chain ? 'chainload' : 'linux',
        kernel: absolute(path),
        args: rest.join(' ') || entry.args,
      }
    }
    case 'initrd':
      return { ...entry, initrds: value.split(',').map(absolute) }
    case 'append': {
      const initrd = /(?:^|\s)initrd=(\S+)/.exec(value)?.[1]
      return {
        ...entry,
        args: value,
        ...(initrd !== undefined && { initrds: initrd.split(',').map(absolute) }),
      }
    }
    default:
      return entry
  }
}
