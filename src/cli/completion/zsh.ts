/**
 * The completion for zsh (zshcompsys, "_arguments"). It may be sourced, or lie in `fpath` as _xen-preflight.
 * @module
 */
import type { CommandModel, OptionModel, ValueModel } from './model.ts'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Text inside of a specification, where brackets and colons have a meaning. */
const spec = (text: string) => text.replace(/[[\]:\\]/g, '\\$&')

function action({ name, choices, kind }: ValueModel): string {
  const list = choices.join(' ')
  const what = { file: '_files', choice: `(${list})`, output: ` _xen_preflight_output ${list}`, any: ' ' }[
    kind
  ]
  return `${spec(name)}:${what}`
}

function optionSpec({ short, long, description, value, repeats }: OptionModel): string {
  const tail = `[${spec(description)}]${value === undefined ? '' : `:${action(value)}`}`
  const star = repeats ? '*' : ''
  if (short === undefined) return quoted(`${star}${long}${tail}`)
  // One of them given, the other is not offered; a repeated one is offered again.
  return `${repeats ? "'*'" : `'(${short} ${long})'`}{${short},${long}}${quoted(tail)}`
}

function commandCase({ name, options, argument }: CommandModel): string {
  const specs = options.map(optionSpec)
  if (argument !== undefined) specs.push(quoted(`*:${action(argument)}`))
  return `        ${name})
          _arguments -s \\
${specs.map(line => `            ${line}`).join(' \\\n')} ;;`
}

export const zshCompletion = (commands: readonly CommandModel[]): string => `#compdef xen-preflight
_xen_preflight_output() {
  if compset -P '*='; then _files; else compadd -S '' -- "$@"; fi
}

_xen_preflight() {
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _arguments -C '--help[display help]' '--version[print the version]' '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac
}

if [ "\${funcstack[1]}" = _xen-preflight ] || [ "\${funcstack[1]}" = _xen_preflight ]; then
  _xen_preflight "$@"
else
  compdef _xen_preflight xen-preflight
fi
`
