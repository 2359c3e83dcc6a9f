/**
 * What is known of Xen's releases, for people.
 * @module
 */
import type { Evidence } from '../xen/gates/evidence.ts'
import type { GateChange, GateInRelease, ReleaseSummary } from '../xen/release-data.ts'
import { WIDTH, wrap } from './text.ts'

const valueText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const indented = (text: string, indent: number) =>
  wrap(text, WIDTH - indent).map(line => ' '.repeat(indent) + line)

/** One place in the Xen source, in a line: tag, file, function, commit. */
function sourceLine({ tag, file, functions, commit, date, subject }: Evidence): string {
  const change = commit === undefined ? '' : ` (${commit} ${date} "${subject}")`
  return `${tag} ${file}${functions.length === 0 ? '' : ` ${functions.join(', ')}`}${change}`
}

const sources = (evidence: readonly Evidence[]) => evidence.flatMap(item => indented(sourceLine(item), 6))

const headline = ({ id, sides, advisory }: Pick<GateInRelease, 'id' | 'sides' | 'advisory'>) =>
  `${id} (${sides.join(', ')}${advisory === undefined ? '' : `, ${advisory}`})`

/** The list of releases, with what changed in each. */
export const releasesTable = (releases: readonly ReleaseSummary[]) =>
  releases
    .flatMap(({ release, changed }) => {
      const [first = '', ...rest] = wrap(changed.join(', '), WIDTH - 10)
      return [`${release.padEnd(10)}${first}`.trimEnd(), ...rest.map(line => ' '.repeat(10) + line)]
    })
    .join('\n')

/** What one release does. */
export const releaseTable = (gates: readonly GateInRelease[]) =>
  gates
    .flatMap(gate => [
      headline(gate),
      ...indented(gate.summary, 2),
      ...indented(`${valueText(gate.value)}, from ${gate.since} to ${gate.until}`, 4),
      ...sources(gate.evidence),
      '',
    ])
    .join('\n')

/** What changes between two releases. */
export const changesTable = (changes: readonly GateChange[]) =>
  changes
    .flatMap(change => [
      headline(change),
      ...indented(change.summary, 2),
      ...indented(`${valueText(change.from)} -> ${valueText(change.to)}, at ${change.at.join(', ')}`, 4),
      ...sources(change.evidence),
      '',
    ])
    .join('\n')
