// One row of a table, CSV or JSON, as a host.

import { nearest } from '../../document/nearest.ts'
import { shown } from '../../document/validate.ts'
import { COLUMN_FIELDS, type ColumnField, type ColumnMap, isColumnField } from '../columns.ts'
import { BOOT_MODES, type BootMode, type HostEntry } from '../host.ts'
import { forHost, type InventoryProblem, missingVersion } from '../problem.ts'
import { defined, type FileReading, words } from './adapter.ts'

/** A row: its cells by column, and where it is. */
export interface Row {
  file: string
  line: number
  /** The cell of a column; undefined where it is absent or empty. */
  cell(column: string): unknown
}

/** Where the columns of a table are named. */
export interface Header {
  file: string
  line: number
  names: readonly string[]
  has(column: string): boolean
  /** How many rows there are below it. */
  rows: number
}

/**
 * The columns of `map` that the table has; the others, and fields that do not exist, are named. Nothing where
 * the table lacks the column for the host's name or version: no row of it can be used.
 */
export function usableColumns(
  map: ColumnMap,
  { file, line, names, has, rows }: Header,
  problems: InventoryProblem[],
): ColumnMap | undefined {
  let readable = true
  const usable: [string, string][] = []
  for (const [field, column = ''] of Object.entries(map)) {
    const refuse = (message: string, leavesOut = 0) =>
      problems.push({
        ...{ code: 'unknown-column', severity: 'error', file, line, field: column, message },
        ...(leavesOut > 0 && { leavesOut }),
      })
    if (!isColumnField(field)) {
      const close = nearest(field, COLUMN_FIELDS)
      const known = close ? `such as ${close}` : `(${COLUMN_FIELDS.join(', ')}, label.NAME)`
      refuse(`expected a known field ${known} for this column, found ${field}`)
    } else if (has(column)) usable.push([field, column])
    else {
      const close = nearest(column, names)
      const hint = close === undefined ? '' : ` (did you mean ${JSON.stringify(close)}?)`
      const columns = names.slice(0, 20).join(', ')
      const vital = field === 'host' || field === 'xen'
      const message = `expected a column of this name for ${field}, found the columns ${columns}${hint}`
      refuse(message, vital && readable ? rows : 0)
      if (vital) readable = false
    }
  }
  return readable ? Object.fromEntries(usable) : undefined
}

/** Adds the host of one row, or says why there is none. */
export function addRow(reading: FileReading, row: Row, map: ColumnMap, adapter: string) {
  const { file, line } = row
  const cell = (field: ColumnField): string | undefined => {
    const value = map[field] === undefined ? undefined : row.cell(map[field])
    return typeof value === 'object' || value === undefined ? undefined : String(value).trim() || undefined
  }
  const refuse = (code: InventoryProblem['code'], field: ColumnField, message: string): InventoryProblem => ({
    ...{ code, severity: 'error', file, line },
    ...(map[field] !== undefined && { field: map[field] }),
    message,
  })

  const name = cell('host')
  if (name === undefined) {
    const found = shown(map.host === undefined ? undefined : row.cell(map.host))
    const problem = refuse('wrong-value', 'host', `expected the name of a host, found ${found}`)
    reading.problems.push({ ...problem, leavesOut: 1 })
    return
  }
  const given = map.xen === undefined ? undefined : row.cell(map.xen)
  const isVersion = typeof given === 'string' && given.trim() !== ''
  const modes = words(cell('modes'), /[\s,;|]+/) ?? []
  const known = modes.filter(mode => (BOOT_MODES as readonly string[]).includes(mode))
  for (const mode of modes.filter(mode => !known.includes(mode))) {
    const message = `expected a boot mode (${BOOT_MODES.join(', ')}), found ${JSON.stringify(mode)}`
    reading.problems.push(refuse('wrong-value', 'modes', forHost(name, message)))
  }
  const labels = Object.keys(map)
    .filter(field => field.startsWith('label.'))
    .map(field => [field.slice('label.'.length), cell(field as ColumnField)])
    .filter(([, value]) => value !== undefined)
  reading.entries.push(
    defined<HostEntry>({
      name,
      xen: isVersion ? given.trim() : undefined,
      pools: words(cell('pool'), /\s*[,;|]\s*/),
      labels: labels.length > 0 ? Object.fromEntries(labels) : undefined,
      // Without one that is known it runs none: all are for hosts that say nothing.
      modes: modes.length > 0 ? (known as BootMode[]) : undefined,
      product: cell('product'),
      patchLevel: cell('patch-level'),
      commandline: cell('commandline'),
      xenCaps: words(cell('xen-caps')),
      virtCaps: words(cell('virt-caps')),
      source: { file, line, adapter, how: `column ${JSON.stringify(map.xen ?? 'xen')}` },
      missing: isVersion
        ? undefined
        : missingVersion(
            name,
            { file, line, ...(map.xen !== undefined && { field: map.xen }) },
            shown(given),
          ),
    }),
  )
}
