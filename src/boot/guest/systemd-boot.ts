/** systemd-boot: loader.conf, entries of the Boot Loader Specification, unified kernel images (src/boot/efi/boot.c). */
import { blsFields, compareVersions } from '../grub/bls.ts'
import type { GuestFiles } from '../guest-files.ts'
import { CONFIG_LIMIT, configText, type MenuChoice, type MenuEntry } from '../menu.ts'

const CONFIG = '/loader/loader.conf'
const ENTRIES = '/loader/entries'
const UKI = '/EFI/Linux'
const MOST_ENTRIES = 1000

interface SystemdEntry extends MenuEntry {
  id: string
  sortKey: string
  version: string
}

/** Whether the file system is an EFI system partition, or a boot partition, that systemd-boot is used with. */
export const hasSystemdBoot = (files: GuestFiles): boolean =>
  files.size(CONFIG) !== undefined || files.list(UKI).length > 0

export function chooseSystemdBoot(files: GuestFiles): MenuChoice {
  const entries = [...typeOne(files), ...typeTwo(files)].sort(inOrder)
  const pattern = blsFields(configText(files.read(CONFIG, CONFIG_LIMIT))).find(
    ([name]) => name === 'default',
  )?.[1]
  const common = { config: CONFIG, grammar: 'systemd-boot', remarks: [], problems: [] }
  if (pattern === '@saved') {
    return {
      ...common,
      undecided: 'default is @saved: the entry is kept in a variable of the firmware',
      candidates: entries.slice(0, 16).map(plainEntry),
    }
  }
  const matched = pattern === undefined ? undefined : entries.find(({ id }) => globMatches(pattern, id))
  const entry = matched ?? entries[0]
  return {
    ...common,
    remarks: [],
    ...(entry !== undefined && { entry: plainEntry(entry) }),
    candidates: [],
  }
}

function typeOne(files: GuestFiles): SystemdEntry[] {
  const names = files.list(ENTRIES).filter(name => name.endsWith('.conf'))
  return names.slice(0, MOST_ENTRIES).flatMap(name => {
    const fields = blsFields(configText(files.read(`${ENTRIES}/${name}`, CONFIG_LIMIT)))
    const values = (wanted: string) => fields.filter(([field]) => field === wanted).map(([, value]) => value)
    const [kernel = values('efi')[0] ?? values('uki')[0]] = values('linux')
    if (kernel === undefined) return []
    const [title = name] = values('title')
    return [
      {
        id: name,
        titles: [title],
        kind: values('linux').length > 0 ? ('linux' as const) : ('chainload' as const),
        kernel,
        initrds: values('initrd'),
        args: values('options').join(' '),
        sortKey: values('sort-key')[0] ?? '',
        version: values('version')[0] ?? '',
      },
    ]
  })
}

function typeTwo(files: GuestFiles): SystemdEntry[] {
  const names = files.list(UKI).filter(name => /\.efi$/i.test(name))
  return names.slice(0, MOST_ENTRIES).map(name => ({
    id: name,
    titles: [name],
    kind: 'chainload' as const,
    kernel: `${UKI}/${name}`,
    initrds: [],
    args: '',
    sortKey: '',
    version: '',
  }))
}

/** Entries with a sort key come first, by it and then the newest version; the others by the newest name. */
function inOrder(a: SystemdEntry, b: SystemdEntry): number {
  if ((a.sortKey === '') !== (b.sortKey === '')) return a.sortKey === '' ? 1 : -1
  if (a.sortKey !== b.sortKey) return a.sortKey < b.sortKey ? -1 : 1
  if (a.sortKey !== '' && a.version !== b.version) return compareVersions(b.version, a.version)
  return compareVersions(b.id, a.id)
}

const plainEntry = ({ id: _, sortKey: __, version: ___, ...entry }: SystemdEntry): MenuEntry => entry

/** fnmatch with `*` and `?`, without recursion: a hostile pattern costs its length times the name's. */
function globMatches(pattern: string, name: string): boolean {
  let [at, star, mark, place] = [0, -1, 0, 0]
  while (place < name.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at++
      mark = place
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[place])) {
      at++
      place++
    } else if (star >= 0) {
      at = star + 1
      place = ++mark
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
