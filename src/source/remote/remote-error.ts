/** Errors of reading from servers. No message holds a header, a token, or a parameter of a URL. */
import type { Problem, ProblemCode } from '../../problem.ts'
import { SourceError } from '../source.ts'

export const remoteError = (code: ProblemCode, message: string, offset?: number): SourceError =>
  new SourceError({ code, message, ...(offset !== undefined && { offset }) } satisfies Problem)

/** Raised by an attempt that may be repeated. */
export class RetryableError extends Error {
  override name = 'RetryableError'
  /** Seconds that the server asks to wait. */
  readonly after: number | undefined
  /** What is raised once there are no more attempts. */
  readonly code: ProblemCode

  constructor(
    message: string,
    { after, code = 'remote-unavailable' }: { after?: number; code?: ProblemCode } = {},
  ) {
    super(message)
    this.after = after
    this.code = code
  }
}
