/** The lines of a menu that a script makes, and the words of `menuentry` and `submenu` (grub-core/commands/menuentry.c). */
import type { MenuEntry } from '../menu.ts'
import type { Statement } from './script.ts'

/** One line of a menu: an entry with its commands, or a menu of its own. */
export interface MenuItem {
  title: string
  id?: string
  kind: 'entry' | 'submenu' | 'ready'
  body: readonly Statement[]
  /** Of an entry that needs no commands to be run. */
  ready?: MenuEntry
}

/** The line that `menuentry` or `submenu` with these words adds. */
export function menuItem(
  kind: 'entry' | 'submenu',
  args: readonly string[],
  body: readonly Statement[],
): MenuItem {
  let id: string | undefined
  const titles: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    if (arg.startsWith('--id=')) id = arg.slice('--id='.length)
    else if (arg === '--id') id = args[++at]
    else if (arg === '--unrestricted') continue
    else if (/^--(class|users|hotkey|source)$/.test(arg)) at++
    // $menuentry_id_option is --id where it is set, and empty otherwise.
    else if (!arg.startsWith('--') && arg !== '') titles.push(arg)
  }
  const [title = ''] = titles
  return { title, kind, body, ...(id !== undefined && { id }) }
}
