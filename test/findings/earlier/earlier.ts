/** Audits of tests as the reports of before. */
import { readReport } from '../../../src/findings/earlier/read.ts'
import type { EarlierReport } from '../../../src/findings/earlier/type.ts'

/** The report `old.json`, in one piece. */
export const earlier = (report: object, file = 'old.json'): EarlierReport =>
  readReport([new TextEncoder().encode(JSON.stringify(report))], file)
