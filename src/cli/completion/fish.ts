/**
 * The completion for fish (fishshell.com, "complete").
 * @module
 */
import type { CommandModel, OptionModel, ValueModel } from './model.ts'

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`

function offer({ choices, kind }: ValueModel): string {
  const list = choices.length === 0 ? '' : ` -a ${quoted(choices.join(' '))}`
  // -F offers files though the command offers none by itself; -x demands a value that is no file.
  return { file: ' -rF', output: ` -rF${list}`, choice: ` -x${list}`, any: ' -x' }[kind]
}

function optionLine(command: string, { short, long, description, value }: OptionModel): string {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`
  return `${inside(command)}${names} -d ${quoted(description)}${value === undefined ? '' : offer(value)}`
}

const inside = (command: string) => `complete -c xen-preflight -n '__fish_seen_subcommand_from ${command}'`

function commandLines({ name, options, argument }: CommandModel): string[] {
  const lines = options.map(option => optionLine(name, option))
  if (argument?.kind === 'file') lines.push(`${inside(name)} -F`)
  else if (argument !== undefined && argument.choices.length > 0) {
    lines.push(`${inside(name)} -a ${quoted(argument.choices.join(' '))}`)
  }
  return lines
}

export const fishCompletion = (commands: readonly CommandModel[]): string =>
  [
    '# fish completion for xen-preflight',
    'complete -c xen-preflight -f',
    ...commands.map(
      ({ name, description }) =>
        `complete -c xen-preflight -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap(commandLines),
    '',
  ].join('\n')
