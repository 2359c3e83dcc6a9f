/** Xen's own note reader: installed, or among the kernels that were fetched. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { quote } from './command.ts'
import type { ReadNotes } from './context.ts'

/** With its libraries, which may lie among the kernels as well; undefined where there is none. */
export function findReadnotes(directory: string): ReadNotes | undefined {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map(path =>
    join(directory, path),
  )
  const installed = existsSync('/usr/lib')
    ? readdirSync('/usr/lib')
        .filter(name => name.startsWith('xen-'))
        .map(name => join('/usr/lib', name, 'bin/readnotes'))
    : []
  const path = [...installed, ...files].find(file => file.endsWith('/readnotes') && existsSync(file))
  if (path === undefined) return undefined
  const libraries = new Set(files.filter(file => file.includes('.so.')).map(file => dirname(file)))
  return {
    command: quote(path),
    env: libraries.size > 0 ? { LD_LIBRARY_PATH: [...libraries].join(':') } : {},
  }
}
