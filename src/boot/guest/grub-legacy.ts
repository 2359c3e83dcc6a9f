/** GRUB 0.97's menu.lst as GRUB itself reads it (stage2/stage2.c, builtins.c). */

import type { GuestFiles } from '../guest-files.ts'
import { CONFIG_LIMIT, configText, type MenuChoice, type MenuEntry } from '../menu.ts'

export const GRUB_LEGACY_FILES = [
  '/boot/grub/menu.lst',
  '/boot/grub/grub.conf',
  '/grub/menu.lst',
  '/grub/grub.conf',
]

export function chooseGrubLegacy(files: GuestFiles, config: string): MenuChoice {
  const entries: MenuEntry[] = []
  let wanted = '0'
  for (const raw of configText(files.read(config, CONFIG_LIMIT)).split('\n')) {
    const match = /^\s*(\w+)(?:[ \t=]+(.*?))?\s*$/.exec(raw)
    if (match === null) continue
    const [, command = '', argument = ''] = match
    const open = entries.at(-1)
    if (command === 'title') entries.push({ titles: [argument], kind: 'nothing', initrds: [], args: '' })
    else if (open === undefined) {
      if (command === 'default') wanted = argument
    } else entries[entries.length - 1] = withCommand(open, command, argument)
  }
  const number = wanted === 'saved' ? savedEntry(files, config) : Number.parseInt(wanted, 10)
  const entry = entries[number] ?? entries[0]
  return {
    config,
    grammar: 'grub-legacy',
    ...(entry !== undefined && { entry }),
    candidates: [],
    remarks: [],
    problems: [],
  }
}

function withCommand(entry: MenuEntry, command: string, argument: string): MenuEntry {
  const words = argument.split(/[ \t]+/).filter(word => !/^--(type=|no-mem-option)/.test(word))
  const [path = '', ...rest] = words
  switch (command) {
    case 'kernel': {
      const xen = /(^|\/)xen[^/]*$/.test(path)
      return {
        ...entry,
        kind: xen ? 'multiboot' : 'linux',
        kernel: withoutDevice(path),
        args: rest.join(' '),
      }
    }
    case 'initrd':
      return { ...entry, initrds: [withoutDevice(path)] }
    case 'chainloader':
      return { ...entry, kind: 'chainload', kernel: withoutDevice(path) }
    default:
      return entry
  }
}

/** `default saved`: the number in the file `default` beside the menu. */
function savedEntry(files: GuestFiles, config: string): number {
  const path = `${config.slice(0, config.lastIndexOf('/'))}/default`
  if (files.size(path) === undefined) return 0
  return Number.parseInt(configText(files.read(path, 64)), 10) || 0
}

/** `(hd0,gpt1)/boot/vmlinuz` without its device. */
const withoutDevice = (path: string): string => path.replace(/^\([^)]*\)/, '')
