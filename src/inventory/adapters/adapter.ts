/**
 * What every adapter takes and gives: the text of one file in, what it says of hosts out.
 * @module
 */

import { parseTree } from '../../document/parse-tree.ts'
import type { Tree } from '../../document/tree.ts'
import type { ColumnMap } from '../columns.ts'
import { type Attachment, type Guest, nothingPassedOver, type PassedOver, type Site } from '../guest.ts'
import type { HostEntry, Placement, Pool } from '../host.ts'
import type { InventoryProblem } from '../problem.ts'

/** What one file says. */
export interface FileReading {
  file: string
  /** Which adapter read it; none where no one knew the format. */
  adapter?: string
  entries: HostEntry[]
  pools: Pool[]
  placements: Placement[]
  guests: Guest[]
  /** Disks of guests that other records describe. */
  attachments: Attachment[]
  sites: Site[]
  passedOver: PassedOver
  problems: InventoryProblem[]
  /** Set where one of them was left out: what is there then is not all that the file says. */
  lacksPlacements?: true
  lacksGuests?: true
}

export interface Adapter {
  id: string
  /** What it reads, in the words of its users. */
  reads: string
  /** Whether the text is of this format, right or broken. */
  recognises(content: Content): boolean
  read(content: Content): FileReading
}

/** The text of one file, and the views of it that adapters share. */
export class Content {
  readonly file: string
  readonly text: string
  readonly columns: ColumnMap | undefined
  #lines: string[] | undefined
  #tree: Tree | undefined

  constructor(text: string, file: string, columns?: ColumnMap) {
    this.text = text.replace(/^\ufeff/, '')
    this.file = file
    this.columns = columns
  }

  get lines(): readonly string[] {
    this.#lines ??= this.text.split(/\r?\n/)
    return this.#lines
  }

  /** Whether it is worth to read the text as JSON or YAML: other text takes long and tells nothing. */
  get structured(): boolean {
    return (
      /^\s*(?:\{|\[(?! *\d+\.\d+\] ))/.test(this.text) ||
      /^(?:---|- |(?:hosts|pools|placements|guests)[ \t]*:)/m.test(this.text)
    )
  }

  /** The text as JSON or YAML. */
  get tree(): Tree {
    this.#tree ??= parseTree(this.text)
    return this.#tree
  }

  /** The name that a file without a host's name in it gives: its own, without directory and ending. */
  get fileHost(): string {
    const name = this.file.replace(/^.*[/\\]/, '')
    return name.replace(/\.(?:txt|log|out|json|ya?ml|csv|info|dmesg|cfg|xml)$/i, '') || this.file
  }
}

export function emptyReading(file: string, adapter?: string): FileReading {
  return {
    file,
    ...(adapter !== undefined && { adapter }),
    entries: [],
    pools: [],
    placements: [],
    guests: [],
    attachments: [],
    sites: [],
    passedOver: nothingPassedOver(),
    problems: [],
  }
}

/** Leaves out a guest: the word that decides how it starts is not known. */
export function leaveOutGuest(
  reading: FileReading,
  guest: string,
  line: number,
  expected: string,
  found: string | undefined,
): void {
  const message = `expected ${expected} of guest ${guest}, found ${found ?? 'an expression'}: the guest is left out`
  reading.problems.push({ code: 'wrong-value', severity: 'error', file: reading.file, line, message })
  reading.lacksGuests = true
}

/** The names of the hosts of one file that has none for them: the file's, and from the second on with a number. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}#${index + 1}`
}

/** Without the fields that are undefined: an absent field is not there. */
export function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/** The words of a text, or nothing for a text without any. */
export function words(text: string | undefined, separator: RegExp = /[\s;,]+/): string[] | undefined {
  const list = (text ?? '').split(separator).filter(word => word !== '')
  return list.length > 0 ? list : undefined
}
