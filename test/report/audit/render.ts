/** What every test of a format needs. */
import type { Audit } from '../../../src/findings/model.ts'
import { type AuditFormatName, auditFormats } from '../../../src/report/audit/formats.ts'
import type { AuditReportOptions } from '../../../src/report/audit/report.ts'
import { sampleAddition, sampleAudit, sampleFine, sampleUpgrade } from '../sample-audit.ts'

/** The report as one text, without colours on 80 columns. */
export function render(format: AuditFormatName, audit: Audit, options: Partial<AuditReportOptions> = {}) {
  const report = auditFormats[format](audit, { colour: false, width: 80, ...options })
  return typeof report === 'string' ? report : [...report].join('')
}

export const formatNames = Object.keys(auditFormats) as AuditFormatName[]

export const samples = {
  audit: sampleAudit,
  upgrade: sampleUpgrade,
  addition: sampleAddition,
  fine: sampleFine,
} satisfies Record<string, () => Audit>

export const sampleNames = Object.keys(samples) as (keyof typeof samples)[]
