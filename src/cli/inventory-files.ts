/**
 * The files that an inventory is made of.
 * @module
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemReason } from '../source/node/system-problem.ts'
import { UsageError } from './usage-error.ts'

/** What is said where a file of an inventory cannot be read. */
export const unreadable = (path: string, reason: string) =>
  new UsageError(`Cannot read the inventory ${path}: ${reason}`)

/** The files that make an inventory: a directory stands for what is in it, one `xl info` dump a host, say. */
export function inventoryFiles(paths: readonly string[]): string[] {
  return paths.flatMap(path => {
    try {
      if (!statSync(path).isDirectory()) return [path]
      return readdirSync(path)
        .map(name => join(path, name))
        .sort()
    } catch (error) {
      throw unreadable(path, `the system says ${systemReason(error)}`)
    }
  })
}
