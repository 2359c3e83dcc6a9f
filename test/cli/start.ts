/** Starts the built command line, for tests that do something to it while it runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { command, isDeno, type Result, root } from './run.ts'

export interface Started {
  child: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Settles once it has printed so many lines. */
  lines(count: number): Promise<void>
  /** `code` is null where a signal ended it. */
  ended: Promise<Result>
}

/** `prefix` is a program that runs it, with the options that come first. */
export function start(args: readonly string[], prefix: readonly string[] = []): Started {
  const [program, ...rest] = [...prefix, ...command, ...args]
  const child = spawn(program!, rest, { cwd: root })
  let stdout = ''
  let stderr = ''
  let check = () => {}
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
    check()
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const ended = new Promise<Result>((resolve, reject) => {
    child.on('error', reject)
    // Deno takes an exit code of 130 for the signal itself.
    const codeOf = (signal: string | null) => (isDeno && signal === 'SIGINT' ? 130 : null)
    child.on('close', (code, signal) => resolve({ code: code ?? codeOf(signal), stdout, stderr }))
  })
  const lines = (count: number) =>
    new Promise<void>((resolve, reject) => {
      check = () => {
        if (stdout.split('\n').length > count) resolve()
      }
      ended.then(result => reject(new Error(`it ended too early: ${JSON.stringify(result)}`)), reject)
      check()
    })
  return { child, output: () => stdout, lines, ended }
}
