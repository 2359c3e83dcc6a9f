/** One run of a loader: one image, as one release loads it. */
import type { GateReader } from './gate-reader.ts'
import type { GateId } from './gates/gates.ts'
import type { Reason } from './reason.ts'
import type { Subject } from './subject.ts'
import type { AssumptionCode, LoggedLine } from './verdict.ts'

export class LoaderRun {
  /** The release, and what differs in it. */
  readonly ask: GateReader
  readonly subject: Subject
  readonly assumptions: AssumptionCode[] = []
  /** Something about the build that decides and is not known; the first is kept. */
  unknown: { gate: GateId; reason: Reason } | undefined
  /** The error lines that were logged so far. */
  readonly lines: LoggedLine[] = []

  constructor(ask: GateReader, subject: Subject) {
    this.ask = ask
    this.subject = subject
  }

  /** The line that was logged last. */
  get logged(): LoggedLine | undefined {
    return this.lines.at(-1)
  }

  log(text: string, kind?: 'noise'): void {
    this.lines.push(kind === 'noise' ? { text, noise: true } : { text })
  }

  /** Says that taking the image depends on something about the build that is not known. */
  dependOn(gate: GateId, reason: Reason): void {
    this.unknown ??= { gate, reason }
  }

  assume(code: AssumptionCode): void {
    if (!this.assumptions.includes(code)) this.assumptions.push(code)
  }
}
