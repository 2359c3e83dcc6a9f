/** The reports of the command, byte for byte. */
import { askedVersions, versionInventory } from '../../findings/asked-versions.ts'
import { type AuditInput, audit, prepareAudit } from '../../findings/audit.ts'
import { failingCells, NEVER, withUnread } from '../../findings/fail-on.ts'
import { applyIgnoreRules } from '../../findings/ignore.ts'
import { writtenBetween } from '../../findings/inventory-age.ts'
import type { Audit } from '../../findings/model.ts'
import { declaredModes, releasesQuestion } from '../../findings/question.ts'
import { QuestionError } from '../../findings/question-error.ts'
import { TargetComparison } from '../../findings/targets.ts'
import { isComparison, upgradeRemarks, upgradesOf } from '../../findings/upgrades.ts'
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
import { targetsFormats } from '../../report/targets/formats.ts'
import type { TargetsFormat } from '../../report/targets/report.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import { releases } from '../../xen/releases.ts'
import type { AnswerTo, Ask, AuditAsk, ReportFormat } from '../messages.ts'
import { joinTexts } from './details.ts'
import { plainStyle } from './plain-setter.ts'

const TERMINAL = { ...plainStyle, all: false }
const DAY = 'YYYY-MM-DD'.length

const AUDITS: Readonly<Record<string, AuditFormat>> = { ...auditFormats, html: htmlReport }
const COMPARISONS: Readonly<Record<ReportFormat, TargetsFormat>> = targetsFormats

/** Like `scan FILES --xen all --mode all -o json` (or ndjson). */
export function scanReport({ records, format, version }: Ask<'scan-report'>): AnswerTo<'scan-report'> {
  const question = releasesQuestion(releases, bootModes)
  const context = { version, roots: [], modes: question.modes, ...plainStyle }
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

/** Like `audit` and `upgrade` of all files with `-o FORMAT`, with no configuration. */
export function auditReport(ask: Ask<'audit-report'>): AnswerTo<'audit-report'> {
  try {
    return reportOf(ask)
  } catch (error) {
    if (error instanceof QuestionError) return { fault: error.message }
    throw error
  }
}

function reportOf({ question, format, ...ask }: Ask<'audit-report'>): AnswerTo<'audit-report'> {
  if (question.about === 'releases') {
    const versions = askedVersions(question.xen)
    const inventory = versionInventory(versions)
    const found = judge(inputOf(ask, { inventory, files: [] }, question.modes))
    return { blob: blobOf(format, AUDITS[format]!(found.audit, TERMINAL)), remarks: versions.remarks }
  }
  const input = inputOf(ask, fleetOf(ask), question.modes)
  if (question.about === 'hosts')
    return { blob: blobOf(format, AUDITS[format]!(judge(input).audit, TERMINAL)), remarks: [] }
  const remarks = upgradeRemarks(question.to)
  const upgrades = upgradesOf(question, input.inventory)
  if (!isComparison(question.to)) {
    const { audit: found } = judge({ ...input, upgrade: upgrades[0]! })
    return { blob: blobOf(format, AUDITS[format]!(found, TERMINAL)), remarks }
  }
  const comparison = new TargetComparison(upgrades.length)
  const prepared = prepareAudit(input)
  for (const upgrade of upgrades) comparison.add(judged(prepared(upgrade), input))
  return { blob: blobOf(format, COMPARISONS[format](comparison.found(), TERMINAL)), remarks }
}

function blobOf(format: string, text: string | Iterable<string>): Blob {
  const type = format === 'html' ? 'text/html' : 'text/plain'
  return new Blob(typeof text === 'string' ? [text] : [...text], { type: `${type};charset=utf-8` })
}

/** What an audit comes to, in numbers. */
export function auditSummary(ask: Ask<'audit-summary'>): AnswerTo<'audit-summary'> {
  const { counts, causes, inventory } = judge(inputOf(ask, fleetOf(ask))).audit
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

/** The hosts of the inventories that were given, and when these were written. */
function fleetOf({ inventories, created }: AuditAsk): Fleet {
  const times = inventories.map(({ written }) => new Date(written ?? Number.NaN))
  const written = times.every(time => !Number.isNaN(time.getTime()))
    ? writtenBetween(times, created)
    : undefined
  return {
    inventory: joinTexts(inventories),
    files: inventories.map(({ name }) => name),
    ...(written !== undefined && { written }),
  }
}

type Fleet = Pick<AuditInput, 'inventory' | 'files' | 'written'>

function inputOf(
  { records, created, version }: AuditAsk,
  fleet: Fleet,
  modes: readonly BootModeName[] = declaredModes(fleet.inventory.hosts),
): AuditInput {
  const reader = new RecordReader()
  return {
    images: records.map(({ image, json }) => ({ ...reader.parse(addressedJson(image, json)), added: false })),
    ...fleet,
    modes,
    judge: xenVerdicts(),
    tool: `xen-preflight ${version}`,
    created,
  }
}

const judge = (input: AuditInput) => judged(audit(input), input)

/** The audit, and how many of its findings fail where nobody says which do. */
function judged(result: Audit, { created }: Pick<AuditInput, 'created'>): { audit: Audit; failing: number } {
  const found = applyIgnoreRules(result, [], created.slice(0, DAY))
  return { audit: found, failing: failingCells(found, withUnread(NEVER)).length }
}
