import { readFileSync } from 'node:fs'

/** The version of this package. Read where it is needed: no command pays for it that does not print it. */
export const toolVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version
