/**
 * What a scan has done so far, in a file: a scan that was killed and is started again with it goes on where it was.
 * One line a finished file, written as soon as it is finished, after a first line that names what the records
 * depend on. What the reports show comes from it again, so that they are the same as without the interruption. Every
 * line ends with a checksum: a file whose line was damaged is read again.
 * @module
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { crc32c } from '../containers/crc32c.ts'
import { isRecord } from '../document/tree.ts'
import type { ReadResult } from '../read/read-file.ts'
import type { RecordText } from '../record/write.ts'
import { identityInPlace } from '../source/node/identity.ts'
import { systemReason } from '../source/node/system-problem.ts'
import type { Found } from '../source/source.ts'
import { JournalIndex, readLine } from './journal-index.ts'
import type { ScanJournal } from './scan-files.ts'

/** Raised where a journal cannot be used or written. */
export class JournalError extends Error {
  override name = 'JournalError'
}

/** The version of the file, raised by every incompatible change. */
export const JOURNAL_VERSION = 2

/** What records depend on beside the images. */
export type Binding = Readonly<Record<string, string | number | boolean>>

/** Power may fail: what is older than this, in milliseconds, should be on the disk. Killed processes lose nothing. */
const SYNC_MS = 1000

export class Journal implements ScanJournal {
  readonly #path: string
  readonly #fd: number
  readonly #index: JournalIndex
  #lines: string[] = []
  #synced = performance.now()

  /**
   * Opens the journal at `path`, or begins it. A last line that was not written to its end is cut off. Throws a
   * JournalError where the file cannot be opened, is something else, or was written with another binding.
   */
  constructor(path: string, binding: Binding) {
    this.#path = path
    const header = `${JSON.stringify({ journal: JOURNAL_VERSION, ...binding })}\n`
    this.#fd = this.#system('open', () => openSync(path, 'a+', 0o644))
    try {
      if (!fstatSync(this.#fd).isFile())
        throw new JournalError(`Cannot use ${path} as journal: it is no regular file`)
      this.#index = this.#system('read', () => new JournalIndex(this.#fd))
      checkHeader(
        path,
        this.#system('read', () => readLine(this.#fd, 0)),
        header,
      )
      this.#system('cut', () => ftruncateSync(this.#fd, this.#index.end))
      if (this.#index.end === 0) this.#write(header)
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
  }

  /** The result that the journal has for a file which has not changed since. */
  find({ address, identity }: Found): ReadResult | undefined {
    const inPlace = identityInPlace(identity)
    for (const offset of this.#index.find(address)) {
      const line = parseLine(this.#system('read', () => readLine(this.#fd, offset)))
      if (line?.image !== address || line.identity !== inPlace) continue
      const { records, read, unpacked } = line
      return {
        records: records.map(({ record, ...rest }) => ({ json: JSON.stringify(record), ...rest })),
        read,
        unpacked,
        identity,
      }
    }
    return undefined
  }

  /** Adds a result, unless its cause may be gone the next time: a file that was not there, say. */
  add({ address }: Found, { records, read, unpacked, identity }: ReadResult): void {
    if (identity === undefined) return
    const head = JSON.stringify({ image: address, identity: identityInPlace(identity), read, unpacked })
    const items = records.map(({ json, ...rest }) => {
      const start = JSON.stringify(rest).slice(0, -1)
      return `${start}${start === '{' ? '' : ','}"record":${json}}`
    })
    this.#lines.push(`${sealed(`${head.slice(0, -1)},"records":[${items.join(',')}]`)}\n`)
  }

  flush(): void {
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#write(text)
    if (performance.now() - this.#synced > SYNC_MS) this.#sync()
  }

  close(): void {
    this.#sync()
    closeSync(this.#fd)
  }

  #sync(): void {
    this.#system('write', () => fdatasyncSync(this.#fd))
    this.#synced = performance.now()
  }

  #write(text: string): void {
    const bytes = Buffer.from(text)
    this.#system('write', () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done)
    })
  }

  #system<T>(what: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (error instanceof JournalError) throw error
      throw new JournalError(
        `Cannot ${what} the journal ${this.#path}: the system says ${systemReason(error)}`,
        { cause: error },
      )
    }
  }
}

interface Line {
  /** The address of the file. */
  image: string
  identity: string
  read: number
  unpacked: number
  records: (Omit<RecordText, 'json'> & { record: object })[]
}

const SEAL = ',"crc32c":"'
const SEAL_LENGTH = SEAL.length + '00000000"}'.length

/** A line with its last member, the CRC-32C of all that is before it. */
function sealed(line: string): string {
  const sum = crc32c(Buffer.from(line)).toString(16).padStart(8, '0')
  return `${line}${SEAL}${sum}"}`
}

/** The content of a line; nothing where it was damaged. */
function parseLine(text: string): Line | undefined {
  if (sealed(text.slice(0, -SEAL_LENGTH)) !== text) return undefined
  try {
    const line = JSON.parse(text)
    return isLine(line) ? line : undefined
  } catch {
    return undefined
  }
}

const isLine = (value: unknown): value is Line =>
  isRecord(value) &&
  typeof value.read === 'number' &&
  typeof value.unpacked === 'number' &&
  Array.isArray(value.records) &&
  value.records.every(item => isRecord(item) && isRecord(item.record))

/** The first line; nothing where it is no JSON object. */
function parseHeader(text: string): Record<string, unknown> | undefined {
  try {
    const header = JSON.parse(text)
    return isRecord(header) ? header : undefined
  } catch {
    return undefined
  }
}

/** Throws a JournalError unless the first line is what it should be, or as much of it as was written. */
function checkHeader(path: string, found: string, expected: string): void {
  if (expected.startsWith(found)) return
  const written = parseHeader(found)
  if (typeof written?.journal !== 'number') {
    throw new JournalError(`Cannot use ${path} as journal: it is another file, which is left as it is`)
  }
  const wanted: Record<string, unknown> = JSON.parse(expected)
  const [key] = Object.keys(wanted).filter(name => wanted[name] !== written[name])
  const other = key === undefined ? '' : `: ${key} was ${written[key]}, and is ${wanted[key]} now`
  throw new JournalError(
    `Cannot go on with the journal ${path}, which was written with other options${other}; name another file`,
  )
}
