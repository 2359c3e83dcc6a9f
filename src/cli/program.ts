/**
 * The commands together, and what becomes of their errors.
 * @module
 */
import { Command, CommanderError } from 'commander'
import { printable } from '../document/printable.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { auditCommand } from './audit.ts'
import { benchCommand } from './bench.ts'
import { bootCommand } from './boot.ts'
import { completionCommand } from './completion.ts'
import { EXIT_DONE, EXIT_FAILED } from './exit-codes.ts'
import { explainCommand } from './explain.ts'
import { extractCommand } from './extract.ts'
import { listCommand } from './list.ts'
import { mergeCommand } from './merge.ts'
import { notesCommand } from './notes.ts'
import { releasesCommand } from './releases.ts'
import { scanCommand } from './scan.ts'
import { tell } from './screen.ts'
import { upgradeCommand } from './upgrade.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'
import { whyCommand } from './why.ts'

const EXAMPLES = `
Examples:
  What is in /boot, and which release takes it?
    $ xen-preflight scan /boot --xen all
  Which of our kernels fail on which of our hosts, and why?
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml
  What would an upgrade break?
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to 4.17.4`

/** Errors that are told by their message alone, by name: their classes are loaded by those who raise them. */
const EXPECTED = new Set([
  'UsageError',
  'SinkError',
  'FleetError',
  'JournalError',
  'EngineError',
  'FactsFileError',
])

/** What commander says of a command line, whose words may hold anything; the hint has a line of its own. */
function printableError(text: string): string {
  const hint = /\n\(Did you mean [^\n]*\)\n$/.exec(text)?.[0] ?? '\n'
  const message = text.slice(0, text.length - hint.length)
  return `${printable(message)}\n${hint === '\n' ? '' : `${printable(hint.trim())}\n`}`
}

/** Runs the command line. Returns the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
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
  const commands = [
    scanCommand,
    auditCommand,
    upgradeCommand,
    notesCommand,
    explainCommand,
    whyCommand,
    bootCommand,
    listCommand,
    extractCommand,
    mergeCommand,
    releasesCommand,
    benchCommand,
    completionCommand,
  ]
  for (const command of commands.map(create => create(finish)))
    program.addCommand(command.copyInheritedSettings(program))
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
    if (!(error instanceof Error) || !EXPECTED.has(error.name)) throw error
    tell(error.message, error instanceof UsageError ? error.details : [])
    return EXIT_FAILED
  }
  return exitCode
}
