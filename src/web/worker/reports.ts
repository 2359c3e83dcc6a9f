/** The reports of the command, byte for byte. */
import { audit } from '../../findings/audit.ts'
import { applyIgnoreRules } from '../../findings/ignore.ts'
import { writtenBetween } from '../../findings/inventory-age.ts'
import type { Audit } from '../../findings/model.ts'
import { declaredModes, releasesQuestion } from '../../findings/question.ts'
import { xenVerdicts } from '../../findings/xen-verdicts.ts'
import { RecordReader } from '../../record/interning.ts'
import { addressedJson } from '../../record/write.ts'
import { auditFormats } from '../../report/audit/formats.ts'
import type { AuditFormat } from '../../report/audit/report.ts'
import { htmlReport } from '../../report/html/html.ts'
import { commonRemedyText } from '../../report/remedy-lines.ts'
import { ImageEntry } from '../../report/scan/entry.ts'
import { jsonReport } from '../../report/scan/json.ts'
import { ndjsonReport } from '../../report/scan/ndjson.ts'
import { bootModes } from '../../xen/boot-mode.ts'
import { releases } from '../../xen/releases.ts'
import type { AnswerTo, Ask } from '../messages.ts'
import { joinTexts } from './details.ts'

/** The columns of a table that no terminal bounds. */
const WIDTH = 80
const DAY = 'YYYY-MM-DD'.length

const AUDITS: Readonly<Record<string, AuditFormat>> = { ...auditFormats, html: htmlReport }

/** Like `scan FILES --xen all --mode all -o json` (or ndjson). */
export function scanReport({ records, format, version }: Ask<'scan-report'>): AnswerTo<'scan-report'> {
  const question = releasesQuestion(releases, bootModes)
  const context = { version, roots: [], modes: question.modes, width: WIDTH, colour: false }
  const report = format === 'json' ? jsonReport(context) : ndjsonReport()
  const pieces = [report.begin()]
  let problems = 0
  for (const { image, json } of records) {
    const entry = new ImageEntry(image, json)
    const { facts, problem } = entry.record
    if (problem !== undefined) problems++
    entry.judgements = question.ask(facts, problem)
    pieces.push(report.image(entry))
  }
  const end = report.end({ images: records.length, problems, notKernels: 0 })
  return new Blob([...pieces, ...(typeof end === 'string' ? [end] : end)])
}

/** Like `audit FILES --inventory FILES -o FORMAT`, with no configuration. */
export function auditReport({ format, ...ask }: Ask<'audit-report'>): AnswerTo<'audit-report'> {
  const type = format === 'html' ? 'text/html' : 'text/plain'
  const text = AUDITS[format]!(auditOf(ask), { colour: false, width: WIDTH, all: false })
  return new Blob(typeof text === 'string' ? [text] : [...text], { type: `${type};charset=utf-8` })
}

/** What an audit comes to, in numbers. */
export function auditSummary(ask: Ask<'audit-summary'>): AnswerTo<'audit-summary'> {
  const { counts, causes, inventory } = auditOf(ask)
  const { accepts, refuses, uncertain, unavailable } = counts
  return {
    counts: { accepts, refuses, uncertain, unavailable, 'not-asked': counts['not-asked'] ?? 0 },
    causes: causes.map(({ title, verdict, reason, remedies, guests }) => ({
      title,
      verdict,
      reason,
      remedies: remedies.map(commonRemedyText),
      count: guests,
    })),
    hosts: inventory.hosts,
  }
}

function auditOf({ records, inventories, created, version }: Ask<'audit-summary'>): Audit {
  const reader = new RecordReader()
  const inventory = joinTexts(inventories)
  const times = inventories.map(({ written }) => new Date(written ?? Number.NaN))
  const written = times.every(time => !Number.isNaN(time.getTime()))
    ? writtenBetween(times, created)
    : undefined
  const found = audit({
    images: records.map(({ image, json }) => ({ ...reader.parse(addressedJson(image, json)), added: false })),
    inventory,
    files: inventories.map(({ name }) => name),
    ...(written !== undefined && { written }),
    modes: declaredModes(inventory.hosts),
    judge: xenVerdicts(),
    tool: `xen-preflight ${version}`,
    created,
  })
  return applyIgnoreRules(found, [], created.slice(0, DAY))
}
