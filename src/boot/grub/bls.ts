/**
 * Entries of the Boot Loader Specification: loader/entries/*.conf. Source: UAPI.1 Boot Loader Specification;
 * Fedora's blscfg (grub-core/commands/blscfg.c) for their order and variables.
 * @module
 */
import type { GuestFiles } from '../guest-files.ts'
import { CONFIG_LIMIT, configText, type MenuEntry } from '../menu.ts'

/** Where entries lie: on a boot partition of its own, or below /boot. */
const FOLDERS = ['/loader/entries', '/boot/loader/entries']
const MOST_ENTRIES = 1000

export interface BlsEntry extends MenuEntry {
  /** The file's name without .conf. */
  id: string
}

/** The fields of an entry's file, in order; a field may be there more than once. */
export function blsFields(text: string): [name: string, value: string][] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*([\w-]+)[ \t]+(.*?)\s*$/.exec(line)
    return match === null || line.trim().startsWith('#') ? [] : [[match[1]!, match[2]!] as [string, string]]
  })
}

/** The entries as blscfg orders them: highest version first. `variable` reads GRUB's variables. */
export function blsEntries(files: GuestFiles, variable: (name: string) => string): BlsEntry[] {
  const folder = FOLDERS.find(path => files.list(path).some(isEntry))
  if (folder === undefined) return []
  const names = files.list(folder).filter(isEntry).slice(0, MOST_ENTRIES)
  const ids = names.map(name => name.slice(0, -'.conf'.length)).sort((a, b) => compareVersions(b, a))
  return ids.map(id => blsEntry(id, configText(files.read(`${folder}/${id}.conf`, CONFIG_LIMIT)), variable))
}

const isEntry = (name: string) => name.endsWith('.conf')

function blsEntry(id: string, text: string, variable: (name: string) => string): BlsEntry {
  const fields = blsFields(text)
  const values = (name: string) =>
    fields.filter(([field]) => field === name).map(([, value]) => expand(value, variable))
  const [title = id] = values('title')
  const [kernel] = values('linux')
  return {
    id,
    titles: [title],
    kind: kernel === undefined ? 'nothing' : 'linux',
    ...(kernel !== undefined && { kernel }),
    initrds: values('initrd')
      .flatMap(value => value.split(/\s+/))
      .filter(path => path !== ''),
    args: values('options').join(' '),
  }
}

const expand = (text: string, variable: (name: string) => string) =>
  text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string | undefined, bare: string | undefined) =>
    variable(braced ?? bare!),
  )

/** rpmvercmp: runs of digits by number, of letters by text, `~` before everything. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|[a-zA-Z]+|~/g) ?? []
  const [left, right] = [parts(a), parts(b)]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, other] = [left[at], right[at]]
    if (one === other) continue
    if (one === '~' || other === '~') return one === '~' ? -1 : 1
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1
    const numbers = [one, other].map(part => /^\d/.test(part))
    if (numbers[0] !== numbers[1]) return numbers[0] ? 1 : -1
    const order = numbers[0] ? compareNumbers(one, other) : one < other ? -1 : 1
    if (order !== 0) return order
  }
  return 0
}

function compareNumbers(a: string, b: string): number {
  const [one, other] = [a, b].map(digits => digits.replace(/^0+/, ''))
  if (one!.length !== other!.length) return one!.length < other!.length ? -1 : 1
  return one === other ? 0 : one! < other! ? -1 : 1
}
