/** Runs the built command line as a child process, on the runtime that runs the tests. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The permissions that the README names. */
const DENO = ['run', '--no-prompt', '--allow-read', '--allow-write', '--allow-env']

export const isDeno = 'Deno' in globalThis
export const command: [string, ...string[]] = [process.execPath, ...(isDeno ? DENO : []), main]

export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Record<string, string>
  cwd?: string
  /** Hosts that Deno may connect to; Node may anyway. */
  hosts?: string
  /** For standard input. */
  input?: string
}

/** Runs `xen-preflight` with `args` in the project's folder. */
export function run(
  args: readonly string[],
  { env = {}, cwd = root, hosts, input }: RunOptions = {},
): Promise<Result> {
  const [program, ...words] = command
  const rest =
    isDeno && hosts !== undefined ? words.toSpliced(-1, 0, `--allow-net=${hosts}`, '--allow-sys') : words
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...rest, ...args], { cwd, env: { ...process.env, ...env } })
    if (input !== undefined) child.stdin.end(input)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}

/** The records of an NDJSON report. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into records wherever they like.
export const records = (stdout: string): any[] =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
