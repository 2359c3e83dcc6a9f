/** Raised where a person asked for something that cannot be done. Its message is all that they see; the exit code is 1. */
export class UsageError extends Error {
  override name = 'UsageError'
  /** Lines below the message. */
  readonly details: readonly string[]

  constructor(message: string, details: readonly string[] = []) {
    super(message)
    this.details = details
  }
}
