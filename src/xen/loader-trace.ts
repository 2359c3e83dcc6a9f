/**
 * The loader's walk over one image, stage by stage: the same model that judges, told to say what it does.
 * @module
 */
import type { Facts, Hex } from '../facts/facts.ts'
import { askRelease } from './ask-releases.ts'
import { type Assumption, assumptionOf } from './assumptions.ts'
import { type BootModeName, parseBootMode } from './boot-mode.ts'
import { GateReader, type Step } from './gate-reader.ts'
import type { Evidence } from './gates/evidence.ts'
import { evidenceOf } from './gates/evidence.ts'
import { type GateId, gates, gateTable, isAsked } from './gates/gates.ts'
import { gateHistory } from './gates/history.ts'
import type { HostOptions } from './host-options.ts'
import { Judge } from './judge.ts'
import { hex, type Parameters } from './libelf/parameters.ts'
import type { LogLines } from './log-lines.ts'
import { reasonText } from './reason-text.ts'
import { type Release, releaseIndex } from './releases.ts'
import type { Remedy } from './remedies/remedy.ts'
import { Subject } from './subject.ts'
import { resolveTarget } from './target.ts'
import type { Answer } from './verdict.ts'

/** A gate as a walk met it. */
export interface TracedGate {
  id: GateId
  /** Its value in this release. */
  value: unknown
  summary: string
  /** What it was worth around this release, and what changed it. */
  history: string
  evidence: Evidence[]
}

export interface TraceStep {
  /** The function or stage of Xen. */
  stage: string
  what: string
  /** Where in the file or ELF, in bytes. */
  offset?: Hex
  value?: string
  /** What this release does with it. */
  does: string
  gates: TracedGate[]
}

/** What libelf derives, by the names of struct elf_dom_parms. */
export type ParameterRecord = Record<string, string | number | string[]>

export interface LoaderTrace extends Omit<Answer, 'assumptions' | 'gates' | 'reason'> {
  release: Release
  mode: BootModeName
  /** One sentence for people. */
  reason: string
  steps: TraceStep[]
  /** Set where libelf took the notes. */
  parameters?: ParameterRecord
  gates: TracedGate[]
  assumptions: Assumption[]
  /** What to do about a refusal, in the order of `cheapestFirst`. */
  remedies: Remedy[]
  /** What the logs show of a refusal. */
  log?: LogLines
}

/** Walks as a release does. Throws a RangeError for a release that is not known. */
export function traceLoader(
  facts: Facts,
  release: Release,
  mode: BootModeName,
  options?: HostOptions,
): LoaderTrace {
  const index = releaseIndex(release)
  if (index === undefined) throw new RangeError(`Cannot walk as Xen ${release}: the release is not known`)
  const steps: Step[] = []
  const subject = new Subject(facts, options)
  const { answer, parameters } = askRelease(subject, index, parseBootMode(mode), step => steps.push(step))
  const { remedies, log } = new Judge(facts, options).verdict(resolveTarget(release, options), mode)
  const ask = new GateReader(index, subject.overrides)
  const gateOf = (id: GateId): TracedGate => ({
    id,
    value: isAsked(id) ? ask.gate(id) : gateTable(id).values[index],
    summary: gates[id].summary,
    history: gateHistory(id, index),
    evidence: evidenceOf(id),
  })
  return {
    release,
    mode,
    ...answer,
    reason: reasonText(answer.reason),
    steps: steps.map(({ stage, what, offset, value, does, gates: ids }) => ({
      stage,
      what,
      ...(offset !== undefined && { offset: hex(offset) }),
      ...(value !== undefined && { value }),
      does,
      gates: (ids ?? []).map(gateOf),
    })),
    ...(parameters !== undefined && { parameters: parameterRecord(parameters, ask) }),
    gates: answer.gates.map(gateOf),
    assumptions: answer.assumptions.map(assumptionOf),
    remedies,
    ...(log !== undefined && { log }),
  }
}

/** What libelf derived, as the release that is asked holds it. */
export function parameterRecord(parameters: Parameters, ask: GateReader): ParameterRecord {
  return {
    guest_os: parameters.guestOs,
    guest_ver: parameters.guestVersion,
    xen_ver: parameters.xenVersion,
    loader: parameters.loader,
    pae: parameters.pae,
    bsd_symtab: parameters.bsdSymtab ? 1 : 0,
    virt_base: hex(parameters.virtBase),
    virt_entry: hex(parameters.virtEntry),
    virt_hypercall: hex(parameters.virtHypercall),
    virt_hv_start_low: hex(parameters.hvStartLow),
    elf_paddr_offset: hex(parameters.paddrOffset),
    ...(ask.gate('note-init-p2m') === 'read' && { p2m_base: hex(parameters.p2mBase) }),
    ...(ask.gate('note-phys32-entry') === 'read' && { phys_entry: hex(parameters.physEntry) }),
    virt_kstart: hex(parameters.virtKstart),
    virt_kend: hex(parameters.virtKend),
    f_supported: [hex(parameters.supported)],
    f_required: [hex(parameters.required)],
    ...(parameters.notesFrom !== undefined && { notes_from: parameters.notesFrom }),
  }
}

/** The first step in which two walks part; undefined where they go the same way to the end. */
export function firstDifference(
  a: LoaderTrace,
  b: LoaderTrace,
): { index: number; a?: TraceStep; b?: TraceStep } | undefined {
  for (let index = 0; index < Math.max(a.steps.length, b.steps.length); index++) {
    const left = a.steps[index]
    const right = b.steps[index]
    if (
      left?.stage === right?.stage &&
      left?.what === right?.what &&
      left?.value === right?.value &&
      left?.does === right?.does
    )
      continue
    return { index, ...(left !== undefined && { a: left }), ...(right !== undefined && { b: right }) }
  }
  return undefined
}
