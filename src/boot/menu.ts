/** What a boot loader's configuration offers, whatever its grammar. */

/** How an entry starts what it names. */
export type EntryKind =
  /** A Linux kernel, or what is loaded as one. */
  | 'linux'
  | 'multiboot'
  /** Another boot loader, or an EFI program. */
  | 'chainload'
  | 'nothing'

export interface MenuEntry {
  /** The titles from the menu's top to the entry. */
  titles: readonly string[]
  kind: EntryKind
  /** As the configuration names it, without a device. */
  kernel?: string
  /** Joined in this order. */
  initrds: readonly string[]
  args: string
  /** The names of the devices on which the configuration looks for its files, by their paths; any where it does not say. */
  devices?: Readonly<Record<string, string>>
}

export interface MenuProblem {
  file: string
  /** From 1. */
  line?: number
  message: string
}

/** What a loader boots by default. */
export interface MenuChoice {
  /** The configuration file. */
  config: string
  grammar: string
  /** The entry that is booted; absent where there is none, or it cannot be decided. */
  entry?: MenuEntry
  /** What has to be so for the entry to be booted, in a sentence; absent where nothing has. */
  condition?: string
  /** Why it cannot be decided, in a sentence; then `candidates` are what it may be. */
  undecided?: string
  candidates: readonly MenuEntry[]
  /** What was assumed, in sentences. */
  remarks: readonly string[]
  problems: readonly MenuProblem[]
}

/** The most of a configuration file that is read, in bytes. */
export const CONFIG_LIMIT = 2 ** 20

/** Text of a configuration: UTF-8 where it is that, else one character a byte. */
export function configText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  }
}
