import { InvalidArgumentError, Option } from 'commander'
import { type FailOn, parseFailOn } from '../findings/fail-on.ts'

function failOn(text: string): FailOn {
  try {
    return parseFailOn(text.split(',').map(name => name.trim()))
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`)
  }
}

/** The option that says which findings fail a run. */
export const failOnOption = (): Option =>
  new Option(
    '--fail-on <findings>',
    'findings that give exit code 2: breaks; refuses, which includes breaks; uncertain, which includes both; causes by name; never',
  ).argParser(failOn)
