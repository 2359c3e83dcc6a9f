/**
 * What is known of Xen's releases, for people.
 * @module
 */
import type { Assumption } from '../xen/assumptions.ts'
import { type Evidence, nearestEvidence } from '../xen/gates/evidence.ts'
import type { GateChange, GateInRelease, ReleaseSummary } from '../xen/release-data.ts'
import type { Release } from '../xen/releases.ts'
import type { TextSetter } from './text-setter.ts'

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
function sources(
  { sides, evidence }: Pick<GateInRelease, 'sides' | 'evidence'>,
  of: readonly Release[],
  setter: TextSetter,
): string[] {
  const found = of.flatMap(release => sides.flatMap(side => nearestEvidence(evidence, release, side)))
  return [...new Set(found)].flatMap(item => setter.lines(sourceLine(item), 6))
}

const assumptionLines = (assumptions: readonly Assumption[], setter: TextSetter) =>
  assumptions.flatMap(({ text }) => setter.lines(`assuming: ${text}`, 2))

const headline = ({
  id,
  sides,
  advisory,
  documented,
}: Pick<GateInRelease, 'id' | 'sides' | 'advisory' | 'documented'>) =>
  `${id} (${[...sides, ...(advisory === undefined ? [] : [advisory]), ...(documented ? ['documented'] : [])].join(', ')})`

/** The list of releases, with what changed in each. */
export const releasesTable = (releases: readonly ReleaseSummary[], setter: TextSetter) =>
  releases
    .flatMap(({ release, changed }) => setter.labelled(release.padEnd(10), changed.join(', ')))
    .map(line => line.trimEnd())
    .join('\n')

export interface ReleaseDescription {
  release: Release
  assumptions: readonly Assumption[]
  gates: readonly GateInRelease[]
}

/** What one release does. */
export const releaseTable = ({ release, assumptions, gates }: ReleaseDescription, setter: TextSetter) =>
  [
    `Xen ${release}`,
    ...assumptionLines(assumptions, setter),
    '',
    ...gates.flatMap(gate => [
      ...setter.labelled('', headline(gate), 2),
      ...setter.lines(gate.summary, 2),
      ...setter.lines(`${valueText(gate.value)}, from ${gate.since} to ${gate.until}`, 4),
      ...sources(gate, [release], setter),
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
export const changesTable = ({ from, to, assumptions, changes }: ReleaseDifference, setter: TextSetter) =>
  [
    `Xen ${from} -> ${to}`,
    ...assumptionLines(assumptions, setter),
    '',
    ...(changes.length === 0 ? ['Nothing changes.'] : []),
    ...changes.flatMap(change => [
      ...setter.labelled('', headline(change), 2),
      ...setter.lines(change.summary, 2),
      ...setter.lines(`${changeText(change.from, change.to)}, at ${change.at.join(', ')}`, 4),
      ...sources(change, [from, to], setter),
      '',
    ]),
  ].join('\n')
