/** What the system says of a call that failed: its code, or the sentence of the rarer ones that Deno has no code for. */
export const systemReason = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error))
