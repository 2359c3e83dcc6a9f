/**
 * What `scan --boot` says.
 * @module
 */
import { InvalidArgumentError } from 'commander'
import { type BootPath, parseBootPath } from '../xen/boot-path/boot-path.ts'

/** Paths whose kernels the host's toolstack loads: --xen asks it. */
const BY_TOOLSTACK: ReadonlySet<string> = new Set(['direct', 'pygrub'])

/** Reads the loaders of `scan --boot`, as in `pvgrub2@2.06,pvhgrub@all`. Throws an InvalidArgumentError. */
export function parseLoaders(text: string): BootPath[] {
  return text.split(',').map(item => {
    const path = parseBootPath(item.replace(/@all$/, ''))
    if (typeof path === 'string') throw new InvalidArgumentError(`${path}.`)
    if (BY_TOOLSTACK.has(path.path)) {
      throw new InvalidArgumentError(
        `a guest that boots by ${path.path} has its kernel loaded by the host's toolstack: give --xen.`,
      )
    }
    return path
  })
}
