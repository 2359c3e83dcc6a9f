/**
 * `xen-preflight completion`: what a shell needs to complete our command lines.
 * @module
 */
import { Argument, Command } from 'commander'
import { completionFor } from '../completion/script.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { print } from '../sink.ts'

const EXAMPLES = `
Examples:
  bash: in ~/.bashrc
    $ source <(xen-preflight completion bash)
  zsh: in ~/.zshrc, behind compinit
    $ source <(xen-preflight completion zsh)
  fish
    $ xen-preflight completion fish > ~/.config/fish/completions/xen-preflight.fish`

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export const completionCommand = (finish: (code: number) => void): Command =>
  new Command('completion')
    .description('Print the completion of command lines for a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell, _flags: unknown, command: Command) => {
      print(completionFor(shell, command.parent!))
      finish(EXIT_DONE)
    })
