/** Runs the built command line in a real terminal: tmux draws its screen, script records the bytes that it got. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { command, root } from './run.ts'

const isThere = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0

/** What the tests on a terminal need and this machine does not have. */
export const missingTools: string[] = [
  ...(isThere('tmux', '-V') ? [] : ['tmux']),
  ...(isThere('script', '--version') ? [] : ['script (util-linux)']),
]

export interface TerminalOptions {
  columns: number
  rows?: number
  cwd?: string
  /** Ctrl-C is pressed once the terminal got this. */
  interruptAt?: RegExp
}

export interface TerminalResult {
  code: number
  /** The lines of the screen and those that have left it at the top, without spaces at their ends. */
  screen: string
  /** Every byte that the terminal got. */
  written: string
}

const WAIT_MS = 120_000

/** Runs a line of shell, in which `xen-preflight` is the built command, in a terminal of 24 rows. */
export async function onTerminal(
  line: string,
  { columns, rows = 24, cwd = root, interruptAt }: TerminalOptions,
): Promise<TerminalResult> {
  const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-terminal-'))
  const file = (name: string) => join(directory, name)
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', file('socket'), '-f', '/dev/null', ...args], { encoding: 'utf8' })
  const program = command.map(word => `'${word}'`).join(' ')
  writeFileSync(
    file('line'),
    `command=(${program})\nxen-preflight() { "\${command[@]}" "$@"; }\ncd '${cwd}'\n${line}\necho $? > '${file('code.part')}'\nmv '${file('code.part')}' '${file('code')}'\n`,
  )
  const variables = ['CI=', 'NO_COLOR=1', 'LC_ALL=C.UTF-8', 'SOURCE_DATE_EPOCH=1790000000']
  const env = variables.flatMap(variable => ['-e', variable])
  const shell = `script -qfec 'bash ${file('line')}' '${file('written')}'; exec sleep 300`
  const read = () => (existsSync(file('written')) ? readFileSync(file('written'), 'utf8') : '')
  try {
    tmux('-u', 'new-session', '-d', '-x', String(columns), '-y', String(rows), ...env, shell)
    let awaited = interruptAt
    for (const end = performance.now() + WAIT_MS; !existsSync(file('code')); await setTimeout(20)) {
      if (performance.now() > end) throw new Error(`${line} did not end on the terminal`)
      if (awaited?.test(read())) {
        tmux('send-keys', 'C-c')
        awaited = undefined
      }
    }
    // script passes on what is left of the output, and writes the last line of its record.
    for (const end = performance.now() + WAIT_MS; ; await setTimeout(20)) {
      const written = read()
      const [record] = written.split('\nScript done')
      if (record !== written || performance.now() > end) {
        const screen = tmux('capture-pane', '-p', '-S', '-')
        const lines = screen.split('\n').map(text => text.trimEnd())
        return {
          code: Number(readFileSync(file('code'), 'utf8')),
          screen: lines.join('\n').trimEnd(),
          written: record!,
        }
      }
    }
  } finally {
    spawnSync('tmux', ['-S', file('socket'), 'kill-server'])
    rmSync(directory, { recursive: true })
  }
}
