// A list of JSON or YAML objects with one host each, by a column map: NetBox, Nagios, scripts.

import { treeProblems } from '../../document/problem.ts'
import { isRecord, type Path } from '../../document/tree.ts'
import { type ColumnMap, usualColumns } from '../columns.ts'
import { type Adapter, type Content, emptyReading } from './adapter.ts'
import { addRow, usableColumns } from './row.ts'

export const jsonRows: Adapter = {
  id: 'json-rows',
  reads: 'a list of JSON objects with a column map',

  recognises(content) {
    if (!content.structured) return false
    const list = rowsOf(content)
    return list !== undefined && columnsOf(content, list.rows) !== undefined
  },

  read(content) {
    const { file, tree } = content
    const reading = emptyReading(file, this.id)
    reading.problems.push(...treeProblems(file, tree))
    const list = rowsOf(content)
    const map = list && columnsOf(content, list.rows)
    if (!list || !map) return reading
    const has = (column: string) => list.rows.some(row => isRecord(row) && cellOf(row, column) !== undefined)
    const names = columnNames(list.rows)
    const usable = usableColumns(
      map,
      { file, line: tree.lineOf(list.path), names, has, rows: list.rows.length },
      reading.problems,
    )
    if (!usable) return reading
    for (const [index, row] of list.rows.entries()) {
      const at = tree.lineOf([...list.path, index])
      if (isRecord(row)) addRow(reading, { file, line: at, cell: name => cellOf(row, name) }, usable, this.id)
      else {
        const message = 'expected an object with one host, found something else'
        reading.problems.push({
          code: 'broken-line',
          severity: 'error',
          file,
          line: at,
          message,
          leavesOut: 1,
        })
      }
    }
    return reading
  },
}

/** The list itself, or the first one in the object around it (`results` of NetBox). */
function rowsOf({ tree }: Content): { path: Path; rows: unknown[] } | undefined {
  const { value } = tree
  if (Array.isArray(value)) return value.some(isRecord) ? { path: [], rows: value } : undefined
  if (!isRecord(value)) return undefined
  for (const [name, rows] of Object.entries(value)) {
    if (Array.isArray(rows) && rows.some(isRecord)) return { path: [name], rows }
  }
  return undefined
}

function columnsOf(content: Content, rows: readonly unknown[]): ColumnMap | undefined {
  return content.columns ?? usualColumns(columnNames(rows))
}

/** The names in the first rows; all rows of an export have the same. */
function columnNames(rows: readonly unknown[]): string[] {
  const names = new Set<string>()
  for (const row of rows.slice(0, 10)) if (isRecord(row)) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

/** A cell by its name, or by a path of names such as `custom_fields.xen_version`. */
function cellOf(row: Record<string, unknown>, column: string): unknown {
  if (column in row) return row[column]
  let at: unknown = row
  for (const name of column.split('.')) at = isRecord(at) ? at[name] : undefined
  return at
}
