/**
 * The commands together, and what becomes of their errors.
 * @module
 */
import { Command, CommanderError } from 'commander'
import { printable } from '../document/printable.ts'
import { loadFor } from '../fleet/open-image.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { hideInWord } from '../source/remote/locators.ts'
import { COMMANDS } from './command-list.ts'
import { EXIT_DONE, EXIT_FAILED } from './exit-codes.ts'
import { HELP, helpText } from './help-text.ts'
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

/** True where the arguments need the file of a command, and not only its line in the help. */
const isNeeded = (name: string, [first = '', ...rest]: readonly string[]): boolean =>
  first === name || first === 'completion' || rest.includes(name)

/** The command that the arguments name; all of them for the help, for completion scripts and for a name that is not known. */
async function commandsFor(args: readonly string[], finish: (code: number) => void): Promise<Command[]> {
  const [first = ''] = args
  const isNamed = Object.hasOwn(COMMANDS, first) && first !== 'completion'
  const names = isNamed ? [first] : Object.keys(COMMANDS)
  return Promise.all(
    names.map(async name => {
      const { usage, description, load } = COMMANDS[name]!
      if (!isNeeded(name, args)) return new Command(name).description(description).usage(usage)
      return (await load())(finish).description(description)
    }),
  )
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
  'QuestionError',
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
  let exitCode = EXIT_DONE
  try {
    // Files of ours may be those that cannot be opened.
    await loadFor(args)
    const program = await programFor(args, code => {
      exitCode = code
    })
    // Whoever reads us may have seen enough, as `head` does.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCode)
      const message = `Cannot go on writing to standard output: the system says ${systemReason(error)}`
      tell(message)
      process.exit(EXIT_FAILED)
    })
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    return failed(error)
  }
  return exitCode
}

async function programFor(args: readonly string[], finish: (code: number) => void): Promise<Command> {
  const program = new Command('xen-preflight')
    .description('Tells which guest kernels start on which Xen hypervisors, without booting anything.')
    .version(toolVersion())
    .addHelpText('after', helpText(EXAMPLES))
    .showHelpAfterError('(see --help for what is possible)')
    .configureOutput({ outputError: (text, write) => write(printableError(text)) })
    .configureHelp(HELP)
    .exitOverride()
  for (const command of await commandsFor(args, finish)) {
    program.addCommand(command.copyInheritedSettings(program))
  }
  return program
}

/** Says what the error is about. Returns the exit code; throws the error itself where it is a mistake of ours. */
function failed(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode
  if (error instanceof RangeError) {
    // What a runtime raises where there is no memory for a buffer, a string or a WebAssembly module.
    tell(
      `Cannot go on: there is not enough memory (${error.message}); a limit such as ulimit -v may be too low, and --engine typescript takes less`,
    )
  } else if (isSystemError(error)) {
    const what = error.syscall === 'uv_cwd' ? 'the working directory is gone' : `the call is ${error.syscall}`
    tell(`Cannot go on: the system says ${systemReason(error)}, ${what}`)
  } else if (error instanceof Error && EXPECTED.has(error.name)) {
    tell(error.message, error instanceof UsageError ? error.details : [])
  } else throw error
  return EXIT_FAILED
}
