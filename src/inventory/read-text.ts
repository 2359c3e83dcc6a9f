import { treeProblems } from '../document/problem.ts'
import { isRecord } from '../document/tree.ts'
import { shown } from '../document/validate.ts'
import { Content, emptyReading, type FileReading } from './adapters/adapter.ts'
import { firstRecord } from './adapters/csv-records.ts'
import { ADAPTERS } from './adapters/registry.ts'
import type { ColumnMap } from './columns.ts'
import type { InventoryProblem } from './problem.ts'

/** Reads one file by the first adapter that recognises its content. */
export function readText(text: string, file: string, columns?: ColumnMap): FileReading {
  const content = new Content(text, file, columns)
  if (content.text.trim() === '') {
    return refused(file, [
      { code: 'empty', severity: 'error', file, message: 'expected an inventory, found an empty file' },
    ])
  }
  try {
    const adapter = ADAPTERS.find(candidate => candidate.recognises(content))
    if (adapter === undefined) return refused(file, unknownFormat(content))
    const reading = adapter.read(content)
    return { ...reading, problems: [...reading.problems, ...unreached(content)] }
  } catch (error) {
    // What V8 raises where a text exhausts the stack or the longest string; anything else is a mistake of ours.
    if (!(error instanceof RangeError)) throw error
    const message = `expected a text that can be taken apart, found too much of it: ${error.message}`
    return refused(file, [{ code: 'too-large', severity: 'error', file, message }])
  }
}

/** What `ansible` prints in place of the answer of a host. */
const UNREACHED = /^(\S+) \| (?:UNREACHABLE!|FAILED!?)/

/** The hosts whose answer is not there, where Ansible gathered those of several. */
function unreached({ file, text, lines }: Content): InventoryProblem[] {
  if (!/ \| (?:UNREACHABLE!|FAILED)/.test(text)) return []
  return lines.flatMap((line, index) => {
    const name = UNREACHED.exec(line)?.[1]
    if (name === undefined) return []
    const message = `expected what host ${name} answers, found that Ansible had no answer of it`
    return [{ code: 'no-version', severity: 'error', file, line: index + 1, message, leavesOut: 1 }]
  })
}

function refused(file: string, problems: InventoryProblem[]): FileReading {
  return { ...emptyReading(file), problems }
}

/** What the formats are, and what was seen instead. */
function unknownFormat(content: Content): InventoryProblem[] {
  const { file } = content
  // Brackets show what the text was meant to be: which format of JSON it is, is seen when it can be read.
  if (/^\s*[[{]/.test(content.text) && content.tree.isBroken) return treeProblems(file, content.tree)
  const message = `expected an inventory in a format that is known, found ${seen(content)}`
  const problem: InventoryProblem = { code: 'unknown-format', severity: 'error', file, message }
  return [problem, ...(content.structured ? treeProblems(file, content.tree) : [])]
}

function seen(content: Content): string {
  if (content.text.includes('\0')) return 'NUL characters, as in a binary file or UTF-16'
  if (content.structured) {
    const { value } = content.tree
    const record = Array.isArray(value) ? value.find(isRecord) : value
    if (isRecord(record)) {
      const names = Object.keys(record).slice(0, 10).join(', ')
      return `${Array.isArray(value) ? 'a list of objects' : 'an object'} with the fields ${names || '(none)'}`
    }
  }
  const header = firstRecord(content.lines)
  if (header && content.lines.length > header.next)
    return `a table with the columns ${header.fields.slice(0, 20).join(', ')} and no column map`
  return `a text that begins with ${shown(content.lines.find(line => line.trim() !== '')?.trim())}`
}
