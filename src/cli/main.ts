#!/usr/bin/env node
/**
 * The command line.
 * @module
 */
import { toolVersion } from './version.ts'

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Asked by scripts rather than by people: nothing else is loaded for it.
  process.stdout.write(`${toolVersion()}\n`)
} else {
  const { runProgram } = await import('./program.ts')
  process.exitCode = await runProgram(args)
}
