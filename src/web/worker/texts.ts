/**
 * Texts that a person gives beside kernels: inventories, logs, and facts that a scan has written.
 * @module
 */
import { joinInventories } from '../../findings/inventory-faults.ts'
import { parseInventory } from '../../inventory/inventory.ts'
import { problemLine } from '../../inventory/problem.ts'
import { parseRecord, RecordError } from '../../record/parse.ts'
import { recordJson } from '../../record/write.ts'
import { explainLines, printerName } from '../../report/why-table.ts'
import type { OpenSource } from '../../source/source.ts'
import { remedyText } from '../../xen/remedies/remedy-text.ts'
import { findLoaderLines } from '../../xen/why.ts'
import type { FileReading, GivenText, LogAnswer } from '../messages.ts'
import { kernelView } from './kernel-view.ts'

/** In bytes. Logs and inventories are shorter. */
const MAX_TEXT = 64 * 2 ** 20

/** What a text is; nothing where it is none, or one that says nothing to us. */
export function readText(source: OpenSource): FileReading | undefined {
  const text = textOf(source)
  if (text === undefined) return undefined
  const given: GivenText = { name: source.address, text }
  return factsOf(text) ?? inventoryOf(given) ?? logOf(given)
}

/** The text in a file; nothing where its bytes are no UTF-8 text. */
function textOf(source: OpenSource): string | undefined {
  if (source.size === 0 || source.size > MAX_TEXT) return undefined
  const bytes = new Uint8Array(source.size)
  source.read(bytes, 0)
  if (bytes.subarray(0, 4096).includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Lines of records. A line that is none ends them, and is told. */
function factsOf(text: string): FileReading | undefined {
  if (!text.startsWith('{"image":')) return undefined
  const records: Extract<FileReading, { kind: 'images' }>['records'][number][] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    try {
      const { image, record } = parseRecord(line)
      records.push({ view: kernelView(image, recordJson(record)) })
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      return { kind: 'images', records, isFacts: true, fault: `line ${index + 1}: ${error.message}` }
    }
  }
  return { kind: 'images', records, isFacts: true }
}

function inventoryOf(given: GivenText): FileReading | undefined {
  const { hosts, guests, problems } = joinInventories([parseInventory(given.text, given.name)], [given.name])
  // A text in no known form is no inventory; one with faults is one, and they are told.
  if (hosts.length === 0 && guests.length === 0) {
    const isOurs = problems.some(
      ({ code }) => code !== 'unknown-format' && code !== 'empty' && code !== 'syntax',
    )
    if (!isOurs || findLoaderLines(given.text).length > 0) return undefined
  }
  return { kind: 'inventory', given, hosts: hosts.length, problems: problems.map(problemLine) }
}

function logOf(given: GivenText): FileReading | undefined {
  const log = explainLog(given.text)
  return log.lines.length === 0 ? undefined : { kind: 'log', name: given.name, log }
}

/** What loaders say in a log, each line once. */
export function explainLog(text: string): LogAnswer {
  const lines = explainLines(findLoaderLines(text))
  const seen = new Set<string>()
  return {
    lines: lines.flatMap(({ side, pattern, remedies, ...line }) => {
      const key = pattern + line.kind
      if (seen.has(key)) return []
      seen.add(key)
      const times = lines.filter(other => other.pattern === pattern && other.kind === line.kind).length
      return [{ ...line, who: printerName(side), times, remedies: remedies.map(remedyText) }]
    }),
  }
}
