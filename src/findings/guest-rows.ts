/**
 * Guests that have no one kernel, as rows of their own: with equal answers they are one row.
 * @module
 */
import type { HostOptions } from '../xen/host-options.ts'
import type { JudgedBuild } from './builds.ts'
import { changeOf } from './change.ts'
import type { PlacedGuest } from './guests.ts'
import type { Cell, Kernel } from './model.ts'
import type { Questions } from './questions.ts'
import { settle, settleAfter } from './settle-guest.ts'
import type { VerdictTable } from './verdict-table.ts'

interface RowsInput {
  builds: readonly JudgedBuild[]
  questions: Questions
  table: VerdictTable
  /** What is known of every host after an upgrade. */
  known: HostOptions
  /** The index of the first row among kernels. */
  first: number
  to?: string
}

export interface GuestCell {
  cell: Cell
  build: number
  mode: Cell['mode']
  hosts: readonly string[]
}

interface Row {
  images: Set<string>
  cells: Map<
    string,
    { build: number; mode: Cell['mode']; verdict: number; after?: number; guests: PlacedGuest[] }
  >
}

/** Rows, and their cells by row, build and mode. */
export function guestRows(
  guests: readonly PlacedGuest[],
  { builds, questions, table, known, first, to }: RowsInput,
): { rows: Kernel[]; cells: GuestCell[] } {
  const rows = new Map<string, Row>()
  for (const guest of guests) {
    const { before, after, build, image, mode, path } = guest
    const { version, options } = builds[build]!
    const common = { mode, paths: [path], diskUnknown: false }
    const today = settle(before, address => questions.askImage(address, { ...common, version, options }))
    const then =
      to === undefined || after === undefined
        ? undefined
        : settleAfter(before, after, address =>
            questions.askImage(address, { ...common, version: to, options: known }),
          )
    const verdict = table.index(today)
    const later = then === undefined ? undefined : table.index(then)
    const key = `${verdict} ${later} ${mode}`
    const row: Row = rows.get(key) ?? { images: new Set(), cells: new Map() }
    rows.set(key, row)
    row.images.add(image)
    const at = `${build}`
    const cell = row.cells.get(at) ?? {
      build,
      mode,
      verdict,
      ...(later !== undefined && { after: later }),
      guests: [],
    }
    row.cells.set(at, cell)
    cell.guests.push(guest)
  }
  const kernels: Kernel[] = []
  const cells: GuestCell[] = []
  for (const { images: all, cells: own } of rows.values()) {
    const images = [...all]
    const kernel = first + kernels.push({ images, kind: 'guest', layers: '', guest: '' }) - 1
    const index = new Map(images.map((image, at) => [image, at]))
    for (const { build, mode, verdict, after, guests: placed } of [...own.values()].sort(
      (a, b) => a.build - b.build,
    )) {
      const hosts = [...new Set(placed.flatMap(guest => guest.hosts))]
      const here = [...new Set(placed.map(({ image }) => index.get(image)!))].sort((a, b) => a - b)
      const there = builds[build]!.hosts
      const wanted = new Set(hosts)
      cells.push({
        build,
        mode,
        hosts,
        cell: {
          ...{ kernel, build, mode, guests: placed.length },
          ...(hosts.length < there.length && {
            hosts: there.flatMap((name, at) => (wanted.has(name) ? [at] : [])),
          }),
          ...(here.length < images.length && { images: here }),
          paths: [...new Set(placed.map(({ path }) => path))].sort(),
          names: placed.flatMap(({ guests: names }) => names),
          verdict,
          ...(after !== undefined && {
            after,
            change: changeOf(table.values[verdict]!.verdict, table.values[after]!.verdict),
          }),
        },
      })
    }
  }
  return { rows: kernels, cells }
}
