/**
 * The script for a shell, made of the definitions of the commands.
 * @module
 */
import type { Command } from 'commander'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { type CommandModel, modelOf } from './model.ts'
import { zshCompletion } from './zsh.ts'

const SCRIPTS: Record<'bash' | 'zsh' | 'fish', (commands: readonly CommandModel[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

export const completionFor = (shell: keyof typeof SCRIPTS, program: Command): string =>
  SCRIPTS[shell](modelOf(program))
