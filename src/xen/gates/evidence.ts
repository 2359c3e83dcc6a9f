/** Reads the evidence lines of gates. */
import { compareVersions, type Release } from '../releases.ts'
import { commits } from './commits.ts'
import type { Side } from './gate.ts'
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

const versionOf = (tag: string) => tag.match(/\d+(?:\.\d+)+/)?.[0] ?? '0'

/** libelf and the decoders of xen/common are built into both sides. */
function sideOf({ file }: Evidence): Side | undefined {
  if (file.startsWith('tools/')) return 'toolstack'
  return file.startsWith('xen/arch/') ? 'hypervisor' : undefined
}

/**
 * What was read nearest to a release on one side: at the last tag that is not behind it, or where there is none, at the
 * first behind it. Several places of the same tag are all given, those of the side alone first.
 */
export function nearestEvidence(evidence: readonly Evidence[], release: Release, side: Side): Evidence[] {
  const own = evidence.filter(item => (sideOf(item) ?? side) === side)
  const tags = (own.length > 0 ? own : evidence).map(({ tag }) => versionOf(tag)).sort(compareVersions)
  const nearest = tags.findLast(tag => compareVersions(tag, release) <= 0) ?? tags[0]
  const found = (own.length > 0 ? own : evidence).filter(({ tag }) => versionOf(tag) === nearest)
  return found.sort((a, b) => Number(sideOf(a) === undefined) - Number(sideOf(b) === undefined))
}

export function evidenceOf(id: GateId): Evidence[] {
  return gates[id].evidence.map(readEvidence)
}
