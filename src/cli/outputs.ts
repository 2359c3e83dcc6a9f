/**
 * The `-o` option: which formats go where.
 * @module
 */
import { fileSink, type Sink, stdoutSink } from './sink.ts'
import { UsageError } from './usage-error.ts'

/** `json` goes to standard output, `json=report.json` to a file. */
export interface Output<Format extends string> {
  format: Format
  file?: string
}

/** Reads what was given with `-o`. Throws a UsageError for an unknown format, and for two on standard output. */
export function parseOutputs<Format extends string>(
  given: readonly string[],
  formats: readonly Format[],
): Output<Format>[] {
  const outputs = given.map(text => {
    const [name, ...rest] = text.split('=')
    const format = formats.find(known => known === name)
    if (format === undefined) {
      throw new UsageError(`Cannot write the format ${name}: known are ${formats.join(', ')}`)
    }
    const file = rest.join('=')
    return file === '' ? { format } : { format, file }
  })
  const toStdout = outputs.filter(output => output.file === undefined || output.file === '-')
  if (toStdout.length > 1) {
    const names = toStdout.map(output => output.format).join(' and ')
    throw new UsageError(
      `Cannot write ${names} to standard output: give all but one a file, as in -o ${toStdout[1]!.format}=FILE`,
    )
  }
  return outputs
}

/** Opens where an output goes, before any work is done for it. */
export const openOutput = ({ file }: Output<string>): Sink =>
  file === undefined || file === '-' ? stdoutSink() : fileSink(file)
