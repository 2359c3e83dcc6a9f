/**
 * What is wrong with facts that cannot be judged. Records of scans always can; asking their schema of every one of them
 * takes longer than judging them, so that it is only asked where something went wrong.
 * @module
 */
import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { factsLines } from '../fleet/facts-file.ts'
import { packageFile } from '../source/node/package-file.ts'
import { UsageError } from './usage-error.ts'

/** The first fault of the facts in `files`; undefined where they are as their schema has them. */
export function factsFault(files: readonly string[]): UsageError | undefined {
  const schema = readFileSync(packageFile('schema/facts.schema.json'), 'utf8')
  const validator = new Validator(JSON.parse(schema), '2020-12')
  for (const file of files) {
    for (const { text, line } of factsLines(file)) {
      const { errors } = validator.validate(JSON.parse(text))
      // The first ones only say that something below them is wrong.
      const fault = errors.at(-1)
      if (fault === undefined) continue
      const place = fault.instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.')
      const at = place === '' ? '' : `${place}: `
      return new UsageError(`Cannot read the facts at ${file}:${line}: ${at}${fault.error}`)
    }
  }
  return undefined
}
