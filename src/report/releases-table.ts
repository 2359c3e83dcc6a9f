/**
 * What is known of Xen's releases, for people.
 * @module
 */
import type { Assumption } from '../xen/assumptions.ts'
import { type Evidence, nearestEvidence } from '../xen/gates/evidence.ts'
import type { GateChange, GateInRelease, ReleaseSummary } from '../xen/release-data.ts'
import type { Release } from '../xen/releases.ts'
import { fold } from './fit.ts'
import { WIDTH } from './text.ts'

const indented = (text: string, indent: number) =>
  fold(text, WIDTH - indent).map(line => ' '.repeat(indent) + line)

/** A gate that is a set of names: each with its number. */
type Names = Readonly<Record<string, number>>

const isNames = (value: unknown): value is Names => typeof value === 'object' && value !== null

const namesText = (names: Names, among: readonly string[]) =>
  among.map(name => `${name} (${names[name]})`).join(', ')

function valueText(value: unknown): string {
  if (isNames(value)) return namesText(value, Object.keys(value))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What changed; of sets of names only those that came and went. */
function changeText(from: unknown, to: unknown): string {
  if (!isNames(from) || !isNames(to)) return `${valueText(from)} -> ${valueText(to)}`
  const lost = (a: Names, b: Names) => Object.keys(a).filter(name => a[name] !== b[name])
  const [gone, come] = [lost(from, to), lost(to, from)]
  return [
    ...(come.length > 0 ? [`with ${namesText(to, come)}`] : []),
    ...(gone.length > 0 ? [`without ${namesText(from, gone)}`] : []),
  ].join(', ')
}

/** One place in the Xen source, in a line: tag, file, function, commit. */
function sourceLine({ tag, file, functions, commit, date, subject }: Evidence): string {
  const change = commit === undefined ? '' : ` (${commit} ${date} "${subject}")`
  return `${tag} ${file}${functions.length === 0 ? '' : ` ${functions.join(', ')}`}${change}`
}

/** The sources that are about the releases, each once. */
function sources({ sides, evidence }: Pick<GateInRelease, 'sides' | 'evidence'>, ...of: Release[]): string[] {
  const found = of.flatMap(release => sides.flatMap(side => nearestEvidence(evidence, release, side)))
  return [...new Set(found)].flatMap(item => indented(sourceLine(item), 6))
}

const assumptionLines = (assumptions: readonly Assumption[]) =>
  assumptions.flatMap(({ text }) => indented(`assuming: ${text}`, 2))

const headline = ({
  id,
  sides,
  advisory,
  documented,
}: Pick<GateInRelease, 'id' | 'sides' | 'advisory' | 'documented'>) =>
  `${id} (${[...sides, ...(advisory === undefined ? [] : [advisory]), ...(documented ? ['documented'] : [])].join(', ')})`

/** The list of releases, with what changed in each. */
export const releasesTable = (releases: readonly ReleaseSummary[]) =>
  releases
    .flatMap(({ release, changed }) => {
      const [first = '', ...rest] = fold(changed.join(', '), WIDTH - 10)
      return [`${release.padEnd(10)}${first}`.trimEnd(), ...rest.map(line => ' '.repeat(10) + line)]
    })
    .join('\n')

export interface ReleaseDescription {
  release: Release
  assumptions: readonly Assumption[]
  gates: readonly GateInRelease[]
}

/** What one release does. */
export const releaseTable = ({ release, assumptions, gates }: ReleaseDescription) =>
  [
    `Xen ${release}`,
    ...assumptionLines(assumptions),
    '',
    ...gates.flatMap(gate => [
      headline(gate),
      ...indented(gate.summary, 2),
      ...indented(`${valueText(gate.value)}, from ${gate.since} to ${gate.until}`, 4),
      ...sources(gate, release),
      '',
    ]),
  ].join('\n')

export interface ReleaseDifference {
  from: Release
  to: Release
  assumptions: readonly Assumption[]
  changes: readonly GateChange[]
}

/** What changes between two releases. */
export const changesTable = ({ from, to, assumptions, changes }: ReleaseDifference) =>
  [
    `Xen ${from} -> ${to}`,
    ...assumptionLines(assumptions),
    '',
    ...(changes.length === 0 ? ['Nothing changes.'] : []),
    ...changes.flatMap(change => [
      headline(change),
      ...indented(change.summary, 2),
      ...indented(`${changeText(change.from, change.to)}, at ${change.at.join(', ')}`, 4),
      ...sources(change, from, to),
      '',
    ]),
  ].join('\n')
