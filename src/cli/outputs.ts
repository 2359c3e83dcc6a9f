/**
 * The `-o` option: which formats go where.
 * @module
 */
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TextStyle } from '../report/text-setter.ts'
import { DETECT_LENGTH, detect } from '../unwrap/detect.ts'
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

/** What is at `path`; undefined where nothing is. */
const statsOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })

/** False also where it cannot be told: a file may be for writing only. */
function isKernel(path: string): boolean {
  const head = new Uint8Array(DETECT_LENGTH)
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    return detect(head.subarray(0, readSync(fd, head, 0, head.length, 0))) !== undefined
  } catch {
    return false
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/**
 * Opens where an output goes, before any work is done for it. Throws a UsageError where that is one of the files that
 * are to be read, or a kernel, which may be found among them.
 */
export function openOutput(output: Output<string>, inputs: readonly string[] = []): Sink {
  const { file } = output
  if (file === undefined || isStdout(output)) return stdoutSink()
  const target = statsOf(file)
  if (target === undefined) return fileSink(file)
  const isTarget = (stats?: Stats) => stats?.dev === target.dev && stats.ino === target.ino
  if (inputs.some(input => isTarget(statsOf(input)))) {
    throw new UsageError(`Cannot write ${file}: it is one of the files to read`)
  }
  if (target.isFile() && isKernel(file)) throw new UsageError(`Cannot write ${file}: it holds a kernel`)
  return fileSink(file)
}

/** How text is set on an output: for the terminal that standard output is, else plainly in 80 columns. */
export const styleOf = (output: Output<string>): TextStyle =>
  isStdout(output) ? stdoutStyle() : { colour: false, width: DEFAULT_COLUMNS }
