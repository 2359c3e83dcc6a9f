/**
 * What is wrong with facts that no scan has written so. Asking their schema takes longer than judging them, so that an
 * audit only does so where something went wrong.
 * @module
 */
import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { factsLines } from '../fleet/facts-file.ts'
import { packageFile } from '../source/node/package-file.ts'
import { UsageError } from './usage-error.ts'

/** A check of records by their schema: what is wrong, and with which member; undefined where nothing is. */
export function recordCheck(): (record: unknown) => string | undefined {
  const schema = readFileSync(packageFile('schema/facts.schema.json'), 'utf8')
  const validator = new Validator(JSON.parse(schema), '2020-12')
  return record => {
    const { errors } = validator.validate(record)
    // The first ones only say that something below them is wrong.
    const fault = errors.at(-1)
    if (fault === undefined) return undefined
    const place = fault.instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.')
    return `${place === '' ? '' : `${place}: `}${fault.error}`
  }
}

/** The first fault of the facts in `files`; undefined where they are as their schema has them. */
export function factsFault(files: readonly string[]): UsageError | undefined {
  const check = recordCheck()
  for (const file of files) {
    for (const { bytes, line } of factsLines(file)) {
      const fault = check(JSON.parse(bytes.toString()))
      if (fault !== undefined) return new UsageError(`Cannot read the facts at ${file}:${line}: ${fault}`)
    }
  }
  return undefined
}
