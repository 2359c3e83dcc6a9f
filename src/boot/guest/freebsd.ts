/** FreeBSD's loader: loader.conf (stand/forth/support.4th, stand/lua/config.lua). */
import type { GuestFiles } from '../guest-files.ts'
import { CONFIG_LIMIT, configText, type MenuChoice } from '../menu.ts'

const FILES = ['/boot/defaults/loader.conf', '/boot/loader.conf', '/boot/loader.conf.local']

export const hasFreebsdLoader = (files: GuestFiles): boolean =>
  files.size('/boot/kernel/kernel') !== undefined || files.size(FILES[1]!) !== undefined

export function chooseFreebsd(files: GuestFiles): MenuChoice {
  let name = 'kernel'
  for (const path of FILES) {
    for (const line of configText(files.read(path, CONFIG_LIMIT)).split('\n')) {
      const match = /^\s*kernel\s*=\s*"?([^"#\s]+)"?/.exec(line)
      if (match !== null) name = match[1]!
    }
  }
  const kernel = [`/boot/${name}/kernel`, `/boot/${name}`, name].find(path => files.size(path) !== undefined)
  return {
    config: FILES[1]!,
    grammar: 'freebsd-loader',
    ...(kernel !== undefined && {
      entry: { titles: [name], kind: 'linux' as const, kernel, initrds: [], args: '' },
    }),
    candidates: [],
    remarks: [],
    problems: [],
  }
}
