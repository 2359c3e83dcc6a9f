/** Audits of tests as the reports of before. */
import { readReport } from '../../../src/findings/earlier/read.ts'
import type { EarlierReport } from '../../../src/findings/earlier/type.ts'
import type { Audit } from '../../../src/findings/model.ts'
import { auditDocument } from '../../../src/report/audit/json.ts'

/** The report `old.json`, in one piece. */
export const earlier = (report: object, file = 'old.json'): EarlierReport =>
  readReport([new TextEncoder().encode(JSON.stringify(report))], file)

/** An audit as the report that it was written to. */
export const earlierAudit = (audit: Audit, file?: string): EarlierReport =>
  earlier(auditDocument(audit), file)
