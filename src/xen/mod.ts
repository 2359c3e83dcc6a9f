/**
 * Xen's loaders, release by release: what they do with a kernel, and why.
 * @module
 */

export { featureBitNames } from '../facts/feature-names.ts'
export type { Assumption } from './assumptions.ts'
export {
  type BootMode,
  type BootModeName,
  bootModes,
  formatBootMode,
  parseBootMode,
  sideOf,
} from './boot-mode.ts'
export type { Step } from './gate-reader.ts'
export type { Evidence } from './gates/evidence.ts'
export { evidenceOf } from './gates/evidence.ts'
export type { Area, DocumentedBehaviour, Gate, Side } from './gates/gate.ts'
export { type AskedGateId, type GateId, gateIds, gates, isAsked, isGateId } from './gates/gates.ts'
export {
  DEFAULT_CAPABILITIES,
  type GateProblem,
  type HostOptions,
  overridable,
  readOverrides,
} from './host-options.ts'
export { Judge, judge, judgeSpans, type Verdict, type VerdictSpan } from './judge.ts'
export {
  firstDifference,
  type LoaderTrace,
  type ParameterRecord,
  type TracedGate,
  type TraceStep,
  traceLoader,
} from './loader-trace.ts'
export type { LogLines } from './log-lines.ts'
export {
  type DecodedGuestKey,
  type DecodedNote,
  decodeGuestSection,
  decodeNote,
  type NoteReading,
  noteReadings,
} from './note-decoding.ts'
export { noteName } from './note-names.ts'
export type { Reason, ReasonArgs, ReasonCode } from './reason.ts'
export { reasonText } from './reason-text.ts'
export {
  describeRelease,
  diffReleases,
  type GateChange,
  type GateInRelease,
  listReleases,
  type ReleaseSummary,
} from './release-data.ts'
export {
  compareVersions,
  type Release,
  releaseIndex,
  releases,
  releasesOf,
  seriesOf,
  tagOf,
} from './releases.ts'
export type { Remedy, RemedyAction, RemedyActor, RemedyKind } from './remedies/remedy.ts'
export { type RemedyDocument, remedyDocument, remedyText } from './remedies/remedy-text.ts'
export { resolveTarget, type Target } from './target.ts'
export type { Answer, AnswerSpan, CauseCode, Stage, VerdictWord } from './verdict.ts'
export { parseXenVersion, type VersionKind, type XenVersion } from './version-string.ts'
