/** One run of a loader: one image, as one release loads it. */
import type { GateReader } from './gate-reader.ts'
import type { Subject } from './subject.ts'
import type { AssumptionCode } from './verdict.ts'

export class LoaderRun {
  /** The release, and what differs in it. */
  readonly ask: GateReader
  readonly subject: Subject
  readonly assumptions: AssumptionCode[] = []
  /** The last error line that was logged; noise where it is logged of every kernel that another loader takes. */
  logged: { text: string; noise: boolean } | undefined

  constructor(ask: GateReader, subject: Subject) {
    this.ask = ask
    this.subject = subject
  }

  log(text: string, kind?: 'noise'): void {
    this.logged = { text, noise: kind === 'noise' }
  }

  assume(code: AssumptionCode): void {
    if (!this.assumptions.includes(code)) this.assumptions.push(code)
  }
}
