/** The words of GRUB's `search` (grub-core/commands/search_wrap.c). */
import type { SearchKey } from '../guest-devices.ts'

/** The value of a variable after a search that found nothing: the file system may be on another disk. */
export const NOT_HERE = 'not-on-this-disk'

export interface Search {
  /** Absent where the command does not say by what it searches. */
  key: SearchKey | undefined
  value: string
  /** The variable that is set; absent where none is. */
  variable?: string
}

/** What people call a key. */
export const SEARCH_WORDS: Readonly<Record<SearchKey, string>> = {
  file: 'file',
  label: 'label',
  uuid: 'UUID',
}

const OPTIONS: Readonly<Record<string, SearchKey>> = {
  '-f': 'file',
  '--file': 'file',
  '-l': 'label',
  '--label': 'label',
  '-u': 'uuid',
  '--fs-uuid': 'uuid',
}

/** `--no-floppy --fs-uuid --set=root [--hint=…] UUID`. Without `=`, `--set` is for root. */
export function parseSearch(args: readonly string[]): Search {
  const key = args.map(arg => OPTIONS[arg]).find(known => known !== undefined)
  const set = args.find(arg => /^(-s|--set)(=|$)/.test(arg))
  const names = args.filter(arg => !arg.startsWith('-'))
  const given = /=(.+)$/.exec(set ?? '')?.[1] ?? (names.length > 1 ? names.shift() : undefined)
  return { key, value: names[0] ?? '', ...(set !== undefined && { variable: given ?? 'root' }) }
}
