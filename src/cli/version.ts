import { readFileSync } from 'node:fs'
import { packageFile } from '../source/node/package-file.ts'

/** The version of this package. Read where it is needed: no command pays for it that does not print it. */
export const toolVersion = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version
