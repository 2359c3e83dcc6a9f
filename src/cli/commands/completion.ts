/**
 * `xen-preflight completion`: what a shell needs to complete our command lines.
 * @module
 */
import { Argument, Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { modelOf } from '../completion/model.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { print } from '../sink.ts'

const EXAMPLES = `
Examples:
  bash: in ~/.bashrc
    $ source <(xen-preflight completion bash)
  zsh: in ~/.zshrc, after compinit
    $ source <(xen-preflight completion zsh)
  fish
    $ xen-preflight completion fish > ~/.config/fish/completions/xen-preflight.fish`

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

export const completionCommand = (finish: (code: number) => void): Command =>
  new Command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', helpText(EXAMPLES))
    .action((shell: keyof typeof SCRIPTS, _flags: unknown, command: Command) => {
      print(SCRIPTS[shell](modelOf(command.parent!)))
      finish(EXIT_DONE)
    })
