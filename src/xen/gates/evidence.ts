/** Reads the evidence lines of gates. */
import { commits } from './commits.ts'
import { type GateId, gates } from './gates.ts'

/** Where in the Xen source a behaviour was read. */
export interface Evidence {
  tag: string
  file: string
  /** The functions, tables or options in that file; empty where the file says it as a whole. */
  functions: string[]
  /** Abbreviated hash of the commit that brought it, with its date and the first line of its message. */
  commit?: string
  date?: string
  subject?: string
}

export function readEvidence(line: string): Evidence {
  const [tag, file, functions, commit] = line.split(' ') as [string, string, string, string | undefined]
  const evidence: Evidence = { tag, file, functions: functions === '-' ? [] : functions.split(',') }
  if (commit !== undefined) {
    const [date, subject] = commits[commit]!
    evidence.commit = commit
    evidence.date = date
    evidence.subject = subject
  }
  return evidence
}

export function evidenceOf(id: GateId): Evidence[] {
  return gates[id].evidence.map(readEvidence)
}
