/**
 * The commands together, and what becomes of their errors.
 * @module
 */
import { Command, CommanderError } from 'commander'
import { printable } from '../document/printable.ts'
import { loadFor } from '../fleet/open-image.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { hideInWord } from '../source/remote/locators.ts'
import { EXIT_DONE, EXIT_FAILED } from './exit-codes.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

const EXAMPLES = `
Examples:
  What is in /boot, and which release takes it?
    $ xen-preflight scan /boot --xen all
  Which of our kernels fail on which of our hosts, and why?
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml
  What would an upgrade break?
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to 4.17.4`

/** Defines a command; its action reports the exit code to `finish`. */
type CreateCommand = (finish: (code: number) => void) => Command

/** The commands in the order of the help. The file of one is loaded where it is run, so that a start costs what one command needs. */
const COMMANDS: Readonly<Record<string, () => Promise<CreateCommand>>> = {
  scan: async () => (await import('./commands/scan.ts')).scanCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  upgrade: async () => (await import('./commands/upgrade.ts')).upgradeCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  notes: async () => (await import('./commands/notes.ts')).notesCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  why: async () => (await import('./commands/why.ts')).whyCommand,
  boot: async () => (await import('./commands/boot.ts')).bootCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  extract: async () => (await import('./commands/extract.ts')).extractCommand,
  unpack: async () => (await import('./commands/unpack.ts')).unpackCommand,
  repair: async () => (await import('./commands/repair.ts')).repairCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  queue: async () => (await import('./commands/queue.ts')).queueCommand,
  releases: async () => (await import('./commands/releases.ts')).releasesCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
}

/** The command that the arguments name; all of them for the help, for completion scripts and for a name that is not known. */
function wantedCommands([name = '']: readonly string[]): (() => Promise<CreateCommand>)[] {
  const named = Object.hasOwn(COMMANDS, name) && name !== 'completion' ? COMMANDS[name] : undefined
  return named === undefined ? Object.values(COMMANDS) : [named]
}

/** Errors that are told by their message alone, by name: their classes are loaded by those who raise them. */
const EXPECTED = new Set([
  'UsageError',
  'SinkError',
  'FleetError',
  'JournalError',
  'EngineError',
  'FactsFileError',
  'QueueError',
  'RepairError',
])

/** What commander says of a command line, whose words may hold anything; the hint has a line of its own. */
function printableError(text: string): string {
  const hint = /\n\(Did you mean [^\n]*\)\n$/.exec(text)?.[0] ?? '\n'
  const message = text.slice(0, text.length - hint.length)
  return `${printable(message)}\n${hint === '\n' ? '' : `${printable(hint.trim())}\n`}`
}

/** What a call of the system ended with that nobody had to do with in particular. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'

/** Runs the command line. Returns the exit code. */
export async function runProgram(words: readonly string[]): Promise<number> {
  // From here on nobody sees the secrets of a reference but who opens it.
  const args = words.map(hideInWord)
  await loadFor(args)
  let exitCode = EXIT_DONE
  const program = new Command('xen-preflight')
    .description('Tells which guest kernels start on which Xen hypervisors, without booting anything.')
    .version(toolVersion())
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(see --help for what is possible)')
    .configureOutput({ outputError: (text, write) => write(printableError(text)) })
    .exitOverride()
  const finish = (code: number) => {
    exitCode = code
  }
  for (const load of wantedCommands(args)) {
    const create = await load()
    program.addCommand(create(finish).copyInheritedSettings(program))
  }
  // Whoever reads us may have seen enough, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode)
    const message = `Cannot go on writing to standard output: the system says ${systemReason(error)}`
    tell(message)
    process.exit(EXIT_FAILED)
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (error instanceof RangeError) {
      // What a runtime raises where there is no memory for a buffer, a string or a WebAssembly module.
      tell(
        `Cannot go on: there is not enough memory (${error.message}); a limit such as ulimit -v may be too low, and --engine typescript takes less`,
      )
      return EXIT_FAILED
    }
    if (isSystemError(error)) {
      const what =
        error.syscall === 'uv_cwd' ? 'the working directory is gone' : `the call is ${error.syscall}`
      tell(`Cannot go on: the system says ${systemReason(error)}, ${what}`)
      return EXIT_FAILED
    }
    if (!(error instanceof Error) || !EXPECTED.has(error.name)) throw error
    tell(error.message, error instanceof UsageError ? error.details : [])
    return EXIT_FAILED
  }
  return exitCode
}
