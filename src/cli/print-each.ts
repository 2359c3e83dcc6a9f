import { EXIT_DONE, EXIT_FAILED } from './exit-codes.ts'
import { tell } from './screen.ts'
import { print } from './sink.ts'
import { UsageError } from './usage-error.ts'

/**
 * Prints what `textOf` makes of each name, in JSON as one list. A name for which it throws a UsageError is told on stderr
 * and never costs the others; the exit code is 1 then, else 0.
 */
export function printEach(
  names: readonly string[],
  isJson: boolean,
  textOf: (name: string) => string,
): number {
  let exitCode = EXIT_DONE
  const printed: string[] = []
  for (const name of names) {
    try {
      printed.push(textOf(name))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      tell(error.message)
      exitCode = EXIT_FAILED
    }
  }
  print(isJson ? `[${printed.join(',\n')}]\n` : printed.join('\n'))
  return exitCode
}
