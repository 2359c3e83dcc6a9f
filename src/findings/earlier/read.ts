/**
 * Reads an earlier report piece by piece, and checks what comparisons rest on: one that was changed by hand says what
 * no audit has said.
 * @module
 */
import { type JsonItem, JsonItemsError, jsonItems } from '../../document/json-items.ts'
import { isRecord } from '../../document/tree.ts'
import { shown } from '../../document/validate.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import { finalVerdict } from '../counting-verdict.ts'
import { AUDIT_VERSION, type Counts } from '../model.ts'
import { type CellCore, CellTable, CHANGE_WORDS } from './cell-table.ts'
import { type EarlierReport, type EarlierVerdict, VERDICT_WORDS } from './type.ts'

/** Raised for what is no report of ours. The message completes `Cannot read the report old.json: `. */
export class ReportError extends Error {
  override name = 'ReportError'
}

/** What is read of them is the same in these versions. */
const READ_VERSIONS: readonly unknown[] = [1, AUDIT_VERSION]
const KINDS: readonly EarlierReport['kind'][] = ['audit', 'upgrade', 'add']

/** Lists that may be long. */
const LISTS = new Set([
  'kernels',
  'builds',
  'verdicts',
  'cells',
  'causes',
  'laterRefusals',
  'ignored',
  'plan',
])
const NEEDED = ['version', 'created', 'kind', 'modes', 'counts', 'kernels', 'builds', 'verdicts', 'cells']
const EXPECTED = 'expected a report of `audit` or `upgrade`, written by -o json'

/** Documents of this tool that are no reports, by a member that they have. */
const OTHERS: Readonly<Record<string, string>> = {
  old: 'a comparison, which `diff` has written',
  targets: 'a comparison of upgrades to several releases',
}

/** Reads what `-o json` of audit or upgrade wrote, in the pieces of its file. Throws a ReportError. */
export function readReport(chunks: Iterable<Uint8Array>, file: string): EarlierReport {
  const draft = new Draft(file)
  try {
    for (const item of jsonItems(chunks, LISTS)) draft.take(item)
  } catch (error) {
    if (error instanceof JsonItemsError) throw new ReportError(`${error.message}; ${EXPECTED}`)
    throw error
  }
  return draft.finish()
}

/** Where something is, for messages. */
interface At {
  line: number
  field: string
}

const wrong = ({ line, field }: At, expected: string, found: unknown): ReportError =>
  new ReportError(`line ${line}: ${field}: expected ${expected}, found ${shown(found)}`)

const below = (at: At, name: string): At => ({ ...at, field: `${at.field}.${name}` })

class Draft {
  readonly #seen = new Map<string, number>()
  readonly #cellLines: number[] = []
  readonly #report: EarlierReport

  constructor(file: string) {
    this.#report = {
      ...{ file, created: '', tool: '', kind: 'audit', modes: [] },
      ...{ kernels: [], builds: [], verdicts: [], cells: new CellTable(), causes: [] },
      counts: { accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 },
    }
  }

  take({ member, index, value, line }: JsonItem): void {
    const report = this.#report
    const at = { line, field: index === undefined ? member : `${member}[${index}]` }
    if (!this.#seen.has(member)) this.#seen.set(member, line)
    if (OTHERS[member] !== undefined) throw new ReportError(`it is ${OTHERS[member]}; ${EXPECTED}`)
    if (LISTS.has(member) && index === undefined) {
      list(value, at)
      return
    }
    switch (member) {
      case 'version':
        if (!READ_VERSIONS.includes(value)) {
          throw wrong(at, `version ${READ_VERSIONS.join(' or ')} of the report`, value)
        }
        break
      case 'created':
        report.created = time(value, at)
        break
      case 'tool':
        report.tool = text(value, at)
        break
      case 'kind':
        report.kind = oneOf(KINDS, value, at)
        break
      case 'to':
        report.to = text(value, at)
        break
      case 'modes':
        report.modes = list(value, at).map(mode => oneOf(bootModes, mode, at)) as BootModeName[]
        break
      case 'counts':
        report.counts = counts(value, at)
        break
      case 'kernels':
        report.kernels.push(kernel(value, at))
        break
      case 'builds': {
        const build = record(value, at)
        report.builds.push({ label: text(build.label, below(at, 'label')), hosts: names(build, 'hosts', at) })
        break
      }
      case 'verdicts':
        report.verdicts.push(verdict(value, at))
        break
      case 'causes': {
        const { verdict, guests, title, code } = record(value, at)
        report.causes.push({
          code: text(code, below(at, 'code')),
          title: text(title, below(at, 'title')),
          verdict: oneOf(['refuses', 'uncertain'] as const, verdict, below(at, 'verdict')),
          guests: count(guests, below(at, 'guests')),
        })
        break
      }
      case 'cells':
        report.cells.push(cell(value, at))
        this.#cellLines.push(line)
        break
    }
  }

  finish(): EarlierReport {
    const missing = NEEDED.filter(name => !this.#seen.has(name))
    if (missing.length > 0) throw new ReportError(`${EXPECTED}, found no ${missing[0]}`)
    this.#checkCells()
    return this.#report
  }

  /** Cells may come before what they name. */
  #checkCells(): void {
    const { cells, kernels, builds, verdicts } = this.#report
    const sums: Counts = { accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 }
    const changes = Object.fromEntries(CHANGE_WORDS.map(word => [word, 0])) as NonNullable<Counts['changes']>
    for (let index = 0; index < cells.length; index++) {
      const cell = cells.at(index)
      const at = { line: this.#cellLines[index]!, field: `cells[${index}]` }
      within(cell.kernel, kernels.length, below(at, 'kernel'))
      within(cell.build, builds.length, below(at, 'build'))
      within(cell.verdict, verdicts.length, below(at, 'verdict'))
      if (cell.after !== undefined) within(cell.after, verdicts.length, below(at, 'after'))
      const { images } = kernels[cell.kernel]!
      const { hosts } = builds[cell.build]!
      for (const image of cell.images ?? []) within(image, images.length, below(at, 'images'))
      for (const host of cell.hosts ?? []) within(host, hosts.length, below(at, 'hosts'))
      const { verdict } = verdicts[finalVerdict(cell)]!
      sums[verdict] = (sums[verdict] ?? 0) + cell.guests
      if (cell.change !== undefined) changes[cell.change] += cell.guests
    }
    const at = { line: this.#seen.get('counts')!, field: 'counts' }
    this.#checkSums(this.#report.counts, sums, VERDICT_WORDS, at)
    const counted = this.#report.counts.changes
    if (counted !== undefined) this.#checkSums(counted, changes, CHANGE_WORDS, below(at, 'changes'))
  }

  #checkSums<Word extends string>(
    counted: Partial<Record<Word, number>>,
    sums: Partial<Record<Word, number>>,
    words: readonly Word[],
    at: At,
  ): void {
    for (const word of words) {
      const [said = 0, sum = 0] = [counted[word], sums[word]]
      if (said === sum) continue
      const { line, field } = below(at, word)
      throw new ReportError(
        `line ${line}: ${field}: expected ${sum}, the sum of its cells, found ${said}; the report was changed after it was written`,
      )
    }
  }
}

function record(value: unknown, at: At): Record<string, unknown> {
  if (!isRecord(value)) throw wrong(at, 'an object', value)
  return value
}

function list(value: unknown, at: At): unknown[] {
  if (!Array.isArray(value)) throw wrong(at, 'a list', value)
  return value
}

function text(value: unknown, at: At): string {
  if (typeof value !== 'string') throw wrong(at, 'a text', value)
  return value
}

function time(value: unknown, at: At): string {
  const created = text(value, at)
  if (Number.isNaN(Date.parse(created))) throw wrong(at, 'a time such as 2026-11-22T10:00:00.000Z', value)
  return created
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown, at: At): Word {
  const word = words.find(known => known === value)
  if (word === undefined) throw wrong(at, `one of ${words.join(', ')}`, value)
  return word
}

function count(value: unknown, at: At): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(at, 'a count', value)
  return value as number
}

function within(index: number, length: number, at: At): void {
  if (index >= length) throw wrong(at, `an index below ${length}`, index)
}

function names(owner: Record<string, unknown>, member: string, at: At): string[] {
  const place = below(at, member)
  const all = list(owner[member], place)
  const odd = all.find(name => typeof name !== 'string')
  if (odd !== undefined || all.length === 0) throw wrong(place, 'a list of names', odd ?? all)
  return all as string[]
}

function indexes(value: unknown, at: At): number[] {
  return list(value, at).map(index => count(index, at))
}

function counts(value: unknown, at: At): Counts {
  const { changes, ...words } = record(value, at)
  for (const [word, number] of Object.entries(words)) {
    oneOf(VERDICT_WORDS, word, at)
    count(number, below(at, word))
  }
  if (changes !== undefined) {
    for (const [word, number] of Object.entries(record(changes, below(at, 'changes')))) {
      oneOf(CHANGE_WORDS, word, below(at, 'changes'))
      count(number, below(at, `changes.${word}`))
    }
  }
  return value as Counts
}

function kernel(value: unknown, at: At): EarlierReport['kernels'][number] {
  const found = record(value, at)
  const { kind, guest, kernelVersion, flavour, buildId } = found
  const optional = (name: string, member: unknown) =>
    member === undefined ? {} : { [name]: text(member, below(at, name)) }
  return {
    images: names(found, 'images', at),
    kind: text(kind, below(at, 'kind')) as EarlierReport['kernels'][number]['kind'],
    guest: text(guest, below(at, 'guest')),
    ...optional('kernelVersion', kernelVersion),
    ...optional('flavour', flavour),
    ...optional('buildId', buildId),
  }
}

function verdict(value: unknown, at: At): EarlierVerdict {
  const found = record(value, at)
  const { code, reason, remedies } = found
  return {
    verdict: oneOf(VERDICT_WORDS, found.verdict, below(at, 'verdict')),
    ...(code !== undefined && { code: text(code, below(at, 'code')) }),
    reason: text(reason, below(at, 'reason')),
    remedies: list(remedies, below(at, 'remedies')).map(remedy => text(remedy, below(at, 'remedies'))),
  }
}

function cell(value: unknown, at: At): CellCore {
  const { kernel, build, mode, guests, hosts, images, verdict, after, change } = record(value, at)
  return {
    kernel: count(kernel, below(at, 'kernel')),
    build: count(build, below(at, 'build')),
    mode: oneOf(bootModes, mode, below(at, 'mode')),
    guests: count(guests, below(at, 'guests')),
    verdict: count(verdict, below(at, 'verdict')),
    ...(hosts !== undefined && { hosts: indexes(hosts, below(at, 'hosts')) }),
    ...(images !== undefined && { images: indexes(images, below(at, 'images')) }),
    ...(after !== undefined && { after: count(after, below(at, 'after')) }),
    ...(change !== undefined && { change: oneOf(CHANGE_WORDS, change, below(at, 'change')) }),
  }
}
