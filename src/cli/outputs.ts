/**
 * The `-o` option: which formats go where.
 * @module
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TextStyle } from '../report/text-setter.ts'
import { DETECT_LENGTH, detect } from '../unwrap/detect.ts'
import { assertNoInput } from './inputs.ts'
import { fileSink } from './output-file.ts'
import { type Sink, stdoutSink } from './sink.ts'
import { DEFAULT_COLUMNS, stdoutStyle } from './screen.ts'
import { UsageError } from './usage-error.ts'

/** `json` goes to standard output, `json=report.json` to a file; `template=x.liquid` and `template=x.liquid=report.txt` have a template. */
export interface Output<Format extends string> {
  format: Format
  file?: string
  template?: string
}

/** The format that a template makes. */
export const TEMPLATE = 'template'

/** Names of the file that is standard output; to open it once more would be to write from its start. */
const STDOUT = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

const isStdout = ({ file }: Output<string>): boolean => file === undefined || STDOUT.has(file)

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
    if (format === TEMPLATE) return templateOutput(format, rest)
    if (rest.length === 0) return { format }
    const file = rest.join('=')
    if (file === '')
      throw new UsageError(`Cannot write ${format}: expected a file after ${text}, found nothing`)
    return { format, file }
  })
  const toStdout = outputs.filter(isStdout)
  if (toStdout.length > 1) {
    const names = toStdout.map(output => output.format).join(' and ')
    throw new UsageError(
      `Cannot write ${names} to standard output: give all but one a file, as in -o ${toStdout[1]!.format}=FILE`,
    )
  }
  const files = outputs.map(output => output.file).filter(file => file !== undefined)
  const twice = files.find((file, index) =>
    files.some((other, at) => at < index && resolve(other) === resolve(file)),
  )
  if (twice !== undefined)
    throw new UsageError(`Cannot write two formats to ${twice}: give each a file of its own`)
  return outputs
}

function templateOutput<Format extends string>(
  format: Format,
  [template = '', ...rest]: string[],
): Output<Format> {
  if (template === '') {
    throw new UsageError(`Cannot write ${format}: expected a template, as in -o ${format}=report.liquid`)
  }
  const file = rest.join('=')
  return { format, template, ...(file !== '' && { file }) }
}

/** What an image at `path` is called; undefined where there is none, or it cannot be told: a file may be for writing only. */
function imageAt(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined
  const buffer = new Uint8Array(DETECT_LENGTH)
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const head = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0))
    if (detect(head) !== undefined) return 'a kernel'
    // Reports are text, and disks are not.
    return head.includes(0) ? 'binary data, as disks do' : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** Throws a UsageError where an output would take the place of a file that is to be read, or of an image, which may be found among them. */
export function assertReplaceable(output: Output<string>, inputs: readonly string[]): void {
  const { file } = output
  if (file === undefined || isStdout(output)) return
  assertNoInput(file, inputs)
  const image = imageAt(file)
  if (image !== undefined) throw new UsageError(`Cannot write ${file}: it holds ${image}`)
}

/** Opens where an output goes, before any work is done for it. Throws a UsageError like assertReplaceable. */
export function openOutput(output: Output<string>, inputs: readonly string[]): Sink {
  assertReplaceable(output, inputs)
  return output.file === undefined || isStdout(output) ? stdoutSink() : fileSink(output.file)
}

/** How text is set on an output: for the terminal that standard output is, else plainly in 80 columns. */
export const styleOf = (output: Output<string>): TextStyle =>
  isStdout(output) ? stdoutStyle() : { colour: false, width: DEFAULT_COLUMNS }
