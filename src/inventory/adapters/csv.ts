// CSV by a column map. Broken lines are named and the others used.
import { type ColumnMap, usualColumns } from '../columns.ts'
import { type Adapter, type Content, emptyReading, type FileReading } from './adapter.ts'
import { type CsvRecord, csvRecords, firstRecord } from './csv-records.ts'
import { addRow, usableColumns } from './row.ts'

export const csv: Adapter = {
  id: 'csv',
  reads: 'CSV with a column map, such as host=Name and xen="Xen version"',

  recognises(content) {
    const header = firstRecord(content.lines)
    return header !== undefined && header.fields.length > 1 && columnsOf(content, header) !== undefined
  },

  read(content) {
    const { file } = content
    const reading = emptyReading(file, this.id)
    const header = firstRecord(content.lines)
    const map = header && columnsOf(content, header)
    if (!header || !map) return reading
    const index = new Map(header.fields.map((name, at) => [name.trim(), at]))
    const names = [...index.keys()]
    const { records, broken } = csvRecords(content.lines, header)
    const has = (name: string) => index.has(name)
    const usable = usableColumns(
      map,
      { file, line: header.line, names, has, rows: records.length },
      reading.problems,
    )
    if (!usable) return reading
    for (const record of records) {
      if (record.fields.length === header.fields.length) {
        const cell = (name: string) => record.fields[index.get(name) ?? -1]
        addRow(reading, { file, line: record.line, cell }, usable, this.id)
      } else {
        refuse(
          reading,
          record.line,
          `${header.fields.length} fields as in the header, found ${record.fields.length}`,
        )
      }
    }
    for (const { line, message } of broken) refuse(reading, line, `a line of CSV, found ${message}`)
    return reading
  },
}

function refuse(reading: FileReading, line: number, message: string) {
  reading.problems.push({
    code: 'broken-line',
    severity: 'error',
    file: reading.file,
    line,
    message: `expected ${message}`,
    leavesOut: 1,
  })
}

function columnsOf(content: Content, header: CsvRecord): ColumnMap | undefined {
  return content.columns ?? usualColumns(header.fields)
}
