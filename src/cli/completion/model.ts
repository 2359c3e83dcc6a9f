/**
 * What a shell has to know of the commands, read off their own definitions.
 * @module
 */
import type { Argument, Command, Option } from 'commander'
import { releases } from '../../xen/releases.ts'

export interface CommandModel {
  name: string
  description: string
  options: OptionModel[]
  /** The arguments after the options; absent where there are none. */
  argument?: ValueModel
}

export interface OptionModel {
  /** As in `-o`. */
  short?: string
  /** As in `--output`. */
  long: string
  description: string
  /** Absent for a switch. */
  value?: ValueModel
  /** True where it may be given more than once. */
  repeats: boolean
}

export interface ValueModel {
  /** As the help calls it: `format[=file]`. */
  name: string
  choices: readonly string[]
  /** `output` is a choice that `=` and a file may follow. */
  kind: 'file' | 'choice' | 'output' | 'any'
}

/** The commands of a program, in the order of its help. */
export function modelOf(program: Command): CommandModel[] {
  const help = program.createHelp()
  const commands = help.visibleCommands(program)
  return commands.map(command => {
    const argument = valueOfArgument(command, commands)
    return {
      name: command.name(),
      description: command.description(),
      options: help.visibleOptions(command).flatMap(optionModel),
      ...(argument !== undefined && { argument }),
    }
  })
}

function optionModel(option: Option): OptionModel[] {
  if (option.long === undefined || option.long === null) return []
  return [
    {
      ...(option.short && { short: option.short }),
      long: option.long,
      description: option.description,
      ...((option.required || option.optional) && {
        value: valueModel(placeholder(option), option.argChoices),
      }),
      repeats: option.description.includes('may be repeated'),
    },
  ]
}

/** `format[=file]` of `-o, --output <format[=file]>`. */
const placeholder = ({ flags }: Option) => /[<[](.+)[>\]]$/.exec(flags)?.[1] ?? ''

function valueOfArgument(command: Command, commands: readonly Command[]): ValueModel | undefined {
  const argument: Argument | undefined = command.registeredArguments[0]
  if (argument === undefined) return undefined
  const names = argument.name() === 'command' ? commands.map(one => one.name()) : undefined
  return valueModel(argument.name(), argument.argChoices ?? names)
}

function valueModel(name: string, choices: readonly string[] | undefined): ValueModel {
  if (choices !== undefined) return { name, choices, kind: name.includes('=file') ? 'output' : 'choice' }
  if (/^version/.test(name)) return { name, choices: releases, kind: 'choice' }
  return { name, choices: [], kind: /^(?:file|path|image)|file$/.test(name) ? 'file' : 'any' }
}
