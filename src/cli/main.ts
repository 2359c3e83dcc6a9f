#!/usr/bin/env node
/**
 * The command line.
 * @module
 */
import { EXIT_FAILED } from './exit-codes.ts'
import { toolVersion } from './version.ts'

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Asked by scripts rather than by people: nothing else is loaded for it.
  process.stdout.write(`${toolVersion()}\n`)
} else {
  const program = await loadProgram()
  process.exitCode = program === undefined ? EXIT_FAILED : await program.runProgram(args)
}

/** The program; where the system refuses to open its files, that is said, and nothing is returned. */
async function loadProgram(): Promise<typeof import('./program.ts') | undefined> {
  try {
    return await import('./program.ts')
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    process.stderr.write(`xen-preflight: Cannot go on: the system says ${code}, the call is ${syscall}\n`)
    return undefined
  }
}
