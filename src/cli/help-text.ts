/**
 * How the help is set on a terminal.
 * @module
 */
import { type Command, Help, type Option } from 'commander'
import { DEFAULT_COLUMNS, terminalColumns } from './screen.ts'

/** Commander leaves a text whole where its column is narrower than this. */
const NARROWEST = 16
/** A column of descriptions that is narrower than this is hard to read. */
const LEAST_COLUMN = 28
const BELOW = ' '.repeat(6)
const COMMAND = /^( *\$ )(.*)$/
/** A word, with all that is in quotes. */
const WORD = String.raw`(?:'[^']*'|"[^"]*"|[^\s'"])+`
/** What stays on one line: an option with its value, or a word. */
const UNIT = new RegExp(`-{1,2}[a-z-]+ (?!-)${WORD}|${WORD}`, 'g')

const fold = (text: string, width: number): string[] =>
  Object.assign(new Help(), { minWidthToWrap: NARROWEST }).boxWrap(text, width).split('\n')

/** A command line in pieces that a shell joins again. */
function foldCommand(start: string, text: string, width: number): string[] {
  const indent = ' '.repeat(start.length + 2)
  const lines: string[] = []
  let line = start
  for (const [word] of text.matchAll(UNIT)) {
    const isFirst = line === start || line === indent
    // Two columns stay free for the backslash.
    if (!isFirst && line.length + 1 + word.length > width - 2) {
      lines.push(`${line} \\`)
      line = indent + word
    } else line += isFirst ? word : ` ${word}`
  }
  return [...lines, line]
}

/** A line of a paragraph that goes on with the next one. */
const RUN_ON = /(?<=^[^\s].*)\n(?=\S)(?!Exit codes:)/gm

/** Text below the options: examples and remarks, folded to the width of the terminal. A pipe gets command lines whole. */
export const helpText = (text: string) => (): string => {
  const width = terminalColumns(process.stdout)
  const isTerminal = process.stdout.isTTY === true
  return text
    .replace(RUN_ON, ' ')
    .split('\n')
    .flatMap(line => {
      const [, start, command] = COMMAND.exec(line) ?? []
      if (start !== undefined) return isTerminal ? foldCommand(start, command!, width) : [line]
      const indent = /^ */.exec(line)![0]
      return line === '' ? [''] : fold(line.trim(), width - indent.length).map(part => indent + part)
    })
    .join('\n')
}

/** A switch is off and a list is empty where nothing is given: nobody has to be told. */
const isObvious = ({ defaultValue, defaultValueDescription }: Option): boolean =>
  defaultValueDescription === undefined &&
  (defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0))

/** Marks the options that `add` adds to the command as those of a group. */
export function addGroup(command: Command, group: string, add: (command: Command) => Command): Command {
  const before = new Set(command.options)
  add(command)
  for (const option of command.options) {
    if (!before.has(option) && option.helpGroupHeading === undefined) option.helpGroup(group)
  }
  return command
}

/** The settings of all commands' help: their own options come before those that many have. */
export const HELP = {
  minWidthToWrap: NARROWEST,
  /** A narrow terminal has the description below its term. */
  formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
    const width = helper.helpWidth ?? DEFAULT_COLUMNS
    if (description === '' || width - termWidth - 4 >= LEAST_COLUMN)
      return Help.prototype.formatItem.call(this, term, termWidth, description, helper)
    const terms = fold(term, width - 4).map((part, index) => (index === 0 ? `  ${part}` : `    ${part}`))
    const below = fold(description, width - BELOW.length).map(line => BELOW + line)
    return [...terms, ...below].join('\n')
  },
  subcommandTerm: (command: Command) =>
    `${command.name()} ${command.usage().replace('[options] ', '')}`.trimEnd(),
  optionDescription(this: Help, option: Option): string {
    const text = Help.prototype.optionDescription.call(this, option)
    return isObvious(option) ? text.replace(/ \(default: (?:false|\[\])\)$/, '') : text
  },
  groupItems<T extends Command | Option>(
    this: Help,
    all: T[],
    visible: T[],
    groupOf: (item: T) => string,
  ): Map<string, T[]> {
    const groups = Help.prototype.groupItems.call(this, all, visible, groupOf as never) as Map<string, T[]>
    return new Map([...groups].sort(([a], [b]) => Number(SHARED.has(a)) - Number(SHARED.has(b))))
  },
}

export const READING = 'Reading images:'
export const SERVERS = 'Reading from servers:'
const SHARED: ReadonlySet<string> = new Set([READING, SERVERS])
