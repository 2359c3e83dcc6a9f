/**
 * The completion for bash (Bash Reference Manual, "Programmable Completion"). Where a file is to be named nothing is
 * answered, which leaves it to readline.
 * @module
 */
import type { CommandModel, OptionModel, ValueModel } from './model.ts'

const quoted = (words: readonly string[]) => `'${words.join(' ').replaceAll("'", "'\\''")}'`

const names = ({ short, long }: OptionModel) => (short === undefined ? [long] : [short, long])

const words = (list: readonly string[]) => `_xen_preflight_words ${quoted(list)}`

const complete = ({ choices, kind }: ValueModel) =>
  kind === 'file' ? ':' : `${words(choices)}${kind === 'output' ? ' nospace' : ''}`

function commandCase({ name, options, argument }: CommandModel): string {
  const values = options.flatMap(option =>
    option.value === undefined
      ? []
      : [`        ${names(option).join('|')}) ${complete(option.value)}; return ;;`],
  )
  return `    ${name})
      case $option in
${values.map(line => `${line}\n`).join('')}      esac
      case $cur in
        -*) ${words(options.flatMap(names))} ;;
        *) ${argument === undefined ? words([]) : complete(argument)} ;;
      esac ;;`
}

export const bashCompletion = (
  commands: readonly CommandModel[],
): string => `# bash completion for xen-preflight
_xen_preflight_words() {
  # Without a match, bash would offer files.
  compopt +o default
  [ -z "\${2-}" ] || compopt -o nospace
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_xen_preflight() {
  local cur=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]} command= assigned= index
  COMPREPLY=()
  # bash takes --mode=pv-domU and json=file apart at the sign.
  if [ "$cur" = = ]; then
    cur= assigned=1
  elif [ "$option" = = ]; then
    option=\${COMP_WORDS[COMP_CWORD-2]} assigned=1
  fi
  [ -z "$assigned" ] || [[ $option = -* ]] || return
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      -*) ;;
      *) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  case $command in
    '') ${words([...commands.map(({ name }) => name), '--help', '--version'])} ;;
${commands.map(commandCase).join('\n')}
  esac
}

complete -o default -F _xen_preflight xen-preflight
`
