/**
 * Back-ports that a vendor may have: where nothing is known of a package's patches, a refusal that one of them would turn
 * is no certain one.
 * @module
 */
import { askRelease } from './ask-releases.ts'
import type { BootMode } from './boot-mode.ts'
import { evidenceOf } from './gates/evidence.ts'
import { type AskedGateId, type GateId, gates, gateTable, isAsked } from './gates/gates.ts'
import { compareVersions, type Release, releaseIndex } from './releases.ts'
import { Subject } from './subject.ts'
import type { VendorBuild } from './vendors/recognise.ts'
import type { VendorFact } from './vendors/vendor.ts'
import { isGateFact, optionsOf, vendorOptions, withVendor } from './vendors/vendor-options.ts'
import type { Answer } from './verdict.ts'

/** Patches that a vendor's build may hold. */
export interface PossiblePatches {
  /** What people call the vendor. */
  vendor: string
  /** The gates that they may turn; `any` where nobody has read them. */
  gates: 'any' | readonly AskedGateId[]
  /** What is known of some of the packages that the build may be. */
  perhaps: readonly VendorFact[]
}

/** A change that, taken back to an older release, would make it take an image. */
export interface TurningPatch {
  gate: AskedGateId
  value: unknown
  /** The release that first has it. */
  since: Release
  /** Abbreviated hashes of the commits that brought it. */
  commits: string[]
}

/** What a vendor's build may hold beside what is known of it; undefined where that is all. */
export function possiblePatches(build: VendorBuild): PossiblePatches | undefined {
  const { perhaps, read } = vendorOptions(build)
  // Where no package is known, facts of other series are among them.
  if (!read) return { vendor: build.name, gates: 'any', perhaps: build.packages === undefined ? [] : perhaps }
  const open = perhaps.filter(isGateFact).map(({ gate }) => gate)
  return perhaps.length === 0 ? undefined : { vendor: build.name, gates: [...new Set(open)], perhaps }
}

/** The first back-port of one gate that would turn a refusal by the release at `index`. */
export function turningPatch(
  subject: Subject,
  index: number,
  mode: BootMode,
  { verdict, gates: deciding }: Pick<Answer, 'verdict' | 'gates'>,
  patches: PossiblePatches,
): TurningPatch | undefined {
  if (verdict !== 'refuses') return undefined
  for (const gate of new Set(deciding)) {
    if (!isAsked(gate)) continue
    if (patches.gates !== 'any' && !patches.gates.includes(gate)) continue
    for (const [since, value] of laterValues(gate, index)) {
      const patched = new Subject(subject.facts, subject.options, { ...subject.overrides, [gate]: value })
      const { answer } = askRelease(patched, index, mode)
      const turns = answer.verdict === 'accepts' || answer.code === 'build-unknown'
      if (turns) return { gate, value, since, commits: commitsOf(gate, since) }
    }
  }
  return undefined
}

/** The first refusal by some of the packages that the build may be, where the release at `index` itself takes the image. */
export function refusalOfSome(
  { facts, options }: Subject,
  index: number,
  mode: BootMode,
  { verdict }: Pick<Answer, 'verdict'>,
  { perhaps }: PossiblePatches,
): Answer | undefined {
  if (verdict !== 'accepts') return undefined
  // The newest packages have all of it, others a part.
  for (const some of [perhaps, ...perhaps.map(fact => [fact])]) {
    const other = new Subject(facts, withVendor(options, optionsOf(some)))
    const { answer } = askRelease(other, index, mode)
    if (answer.verdict === 'refuses') return answer
  }
  return undefined
}

/** The values that a gate has in later releases and not in this one, each with the first of them. */
function laterValues(gate: GateId, index: number): (readonly [since: Release, value: unknown])[] {
  const seen = new Set<unknown>([gateTable(gate).values[index]])
  return gates[gate].spans.filter(([since, value]) => {
    if (releaseIndex(since)! <= index || seen.has(value)) return false
    seen.add(value)
    return true
  })
}

function commitsOf(gate: GateId, since: Release): string[] {
  const found = evidenceOf(gate).filter(
    ({ tag, commit }) =>
      commit !== undefined && compareVersions(/\d+(?:\.\d+)+/.exec(tag)?.[0] ?? '0', since) >= 0,
  )
  return [...new Set(found.map(({ commit }) => commit!))]
}
