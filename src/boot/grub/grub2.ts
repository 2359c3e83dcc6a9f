/** What GRUB 2 boots by default from a configuration on a guest's disk (grub-core/normal/menu.c). */
import type { GuestDevices } from '../guest-devices.ts'
import type { MenuChoice, MenuEntry } from '../menu.ts'
import { Interpreter } from './interpreter.ts'
import type { MenuItem } from './menu-item.ts'
import { MOST_CANDIDATES } from './value.ts'

/** Where a GRUB that comes from dom0, or from the disk, looks for its configuration. */
export const GRUB2_FILES = [
  '/boot/grub/grub.cfg',
  '/boot/grub2/grub.cfg',
  '/grub/grub.cfg',
  '/grub2/grub.cfg',
]
const DEEPEST_MENU = 16

/** Reads `config` as GRUB does on `platform` (xen, xen_pvh, pc, efi). */
export function chooseGrub2(devices: GuestDevices, config: string, platform: string): MenuChoice {
  const interpreter = new Interpreter(devices, config, platform)
  interpreter.start()
  const wanted = interpreter.variables.get('default')
  const common = () => ({
    config,
    grammar: 'grub2',
    remarks: [...interpreter.remarks],
    problems: interpreter.problems,
  })
  const given = wanted === undefined ? [''] : typeof wanted === 'string' ? [wanted] : wanted.candidates
  const chosen = given
    .slice(0, MOST_CANDIDATES)
    .flatMap(name => pick(interpreter, interpreter.items, name, [], 0) ?? [])
  const entries = chosen.filter(
    (entry, index) => chosen.findIndex(other => JSON.stringify(other) === JSON.stringify(entry)) === index,
  )
  const [entry] = entries
  if (entries.length > 1) {
    const undecided = `default is one of ${given.map(name => JSON.stringify(name)).join(', ')}: which one depends on the machine`
    return { ...common(), undecided, candidates: entries }
  }
  const ofBls = platform.startsWith('xen') && interpreter.items.some(({ kind }) => kind === 'ready')
  return {
    ...common(),
    ...(ofBls && { condition: BLS_ENTRIES }),
    ...(entry !== undefined && { entry }),
    candidates: [],
  }
}

/** The command is Fedora's; what GRUB 2.14 has of its own (blsuki) is not built for Xen. */
const BLS_ENTRIES =
  'The entries are found by blscfg, a command of the GRUB of Fedora and RHEL: other builds for Xen do not have it, and find none'

/** The entry that `wanted` names: a number, a title or an id, and after `>` one of the submenu. */
function pick(
  interpreter: Interpreter,
  items: readonly MenuItem[],
  wanted: string,
  titles: readonly string[],
  depth: number,
): MenuEntry | undefined {
  const [name = '', rest] = cutPath(wanted)
  const item = items[indexOf(items, name)] ?? items[0]
  if (item === undefined || depth > DEEPEST_MENU) return undefined
  if (item.kind === 'submenu') {
    return pick(interpreter, interpreter.open(item), rest ?? '', [...titles, item.title], depth + 1)
  }
  return { titles: [...titles, item.title], ...interpreter.load(item) }
}

/** Cuts at the first `>` that is not doubled. */
function cutPath(path: string): [name: string, rest?: string] {
  for (let at = 0; at < path.length; at++) {
    if (path[at] !== '>') continue
    if (path[at + 1] !== '>') return [path.slice(0, at), path.slice(at + 1)]
    at++
  }
  return [path]
}

/** get_entry_number: a number, else the title or id; -1 where there is none such, which means the first entry. */
function indexOf(items: readonly MenuItem[], name: string): number {
  if (/^(0x[0-9a-f]+|[0-9]+)\s*$/i.test(name)) return Number(name)
  if (name === '') return 0
  const plain = name.replaceAll('>>', '>')
  return items.findIndex(({ id, title }) => title === plain || id === plain)
}
