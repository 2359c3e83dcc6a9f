/**
 * What is wrong with facts that cannot be judged. Records of scans always can; asking their schema of every one of them
 * takes longer than judging them, so that it is only asked where something went wrong.
 * @module
 */
import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { factsLines } from './catalogue.ts'
import { UsageError } from './usage-error.ts'

/** The first fault of the facts in `files`; undefined where they are as their schema has them. */
export async function factsFault(files: readonly string[]): Promise<UsageError | undefined> {
  const schema = readFileSync(new URL('../../schema/facts.schema.json', import.meta.url), 'utf8')
  const validator = new Validator(JSON.parse(schema), '2020-12')
  for await (const { text, where } of factsLines(files)) {
    const { errors } = validator.validate(JSON.parse(text))
    // Those in front only say that something below them is wrong.
    const fault = errors.at(-1)
    if (fault === undefined) continue
    const place = fault.instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.')
    const at = place === '' ? '' : `${place}: `
    return new UsageError(`Cannot read the facts at ${where}: ${at}${fault.error}`)
  }
  return undefined
}
