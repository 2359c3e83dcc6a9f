/** Command lines under measurement. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Sample } from './interleave.ts'

/** What bash's `time` prints: user, system and real seconds of all processes of a pipeline. */
const TIME_FORMAT = 'bench-time %U %S %R'
const TIME = /bench-time ([\d.]+) ([\d.]+) ([\d.]+)\n$/

export const hasTool = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some(directory => existsSync(join(directory, name)))

/** The first line of what a tool says of its version. */
export function toolVersion(name: string, ...args: string[]): string | undefined {
  if (!hasTool(name)) return undefined
  const { stdout, stderr } = spawnSync(name, args.length > 0 ? args : ['--version'], { encoding: 'utf8' })
  return /\d+(?:\.\d+)+[\w.-]*/.exec(`${stdout}${stderr}`)?.[0]
}

/** A word of a shell's command line. */
export const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Runs a command line of bash, and measures it and all that it starts. Throws where it fails. */
export function timeCommand(command: string, env: Record<string, string> = {}): Sample {
  const { status, stderr } = spawnSync('bash', ['-c', `time { ${command}\n} 2>/dev/null`], {
    env: { ...process.env, ...env, TIMEFORMAT: TIME_FORMAT, LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 2 ** 26,
  })
  const times = TIME.exec(stderr)
  if (status !== 0 || times === null)
    throw new Error(`Cannot run ${command}: exit code ${status}, it says ${stderr}`)
  const [user, system, real] = times.slice(1).map(seconds => 1000 * Number(seconds))
  return { cpu: user! + system!, wall: real! }
}

/** The command line that runs the built command on `args`, by this Node unless `runtime` has other first words. */
export const selfCommand = (
  root: string,
  args: readonly string[],
  runtime: readonly string[] = [process.execPath],
): string => [...runtime, join(root, 'dist/cli/main.js'), ...args].map(quote).join(' ')

/** Runs the built command on `args`, and measures its memory as well. */
export function timeSelf(root: string, args: readonly string[], scratch: string): Sample {
  const report = join(scratch, 'peak')
  const words = ['--import', join(root, 'dist/bench/peak.js'), join(root, 'dist/cli/main.js'), ...args]
  const sample = timeCommand([process.execPath, ...words].map(quote).join(' '), { BENCH_PEAK: report })
  const peak = Number(readFileSync(report, 'utf8'))
  rmSync(report)
  return { ...sample, peak }
}

/** Runs something that is not measured, and returns what it prints. */
export const run = (tool: string, args: readonly string[], env: Record<string, string> = {}): Buffer =>
  execFileSync(tool, args, {
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 31,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
