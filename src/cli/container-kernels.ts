/** What is said where a person has named a container, and a kernel is expected. */
import { shellWord } from '../document/shell-word.ts'
import { createEngine } from '../fleet/engines.ts'
import { reader } from '../fleet/read-container.ts'
import { imageAddress } from '../record/key.ts'
import type { ImageRecord } from '../record/type.ts'
import { isUnread } from '../xen/unread.ts'
import { parseAddress, withContainer } from './inside.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { UsageError } from './usage-error.ts'

/**
 * Throws a UsageError that names a kernel in the container at `address`, or says why the container cannot be read. Returns
 * where there is neither: what was wrong before is to be said then.
 */
export function refuseContainer(address: string, flags: ReadFlags): void {
  const { path, inside } = parseAddress(address)
  if (inside !== undefined) return
  const { engine, read } = scanOptions(flags)
  const { records } = withContainer(path, flags, source => {
    const found = reader.read(createEngine(engine), source, read, read.containers ?? {})
    return found ?? { records: [] }
  })
  const kernel = records.find(({ inside, problem }) => inside !== undefined && problem === undefined)
  if (kernel === undefined) {
    const { problem } = records.length === 0 ? {} : (JSON.parse(records[0]!.json) as ImageRecord)
    if (problem !== undefined && isUnread(problem)) throw new UsageError(`${address}: ${problem.message}`)
    return
  }
  const example = shellWord(imageAddress(path, kernel.inside))
  throw new UsageError(
    `${address}: Cannot read the file as a kernel: it is a disk, an archive or a package; name a kernel in it, such as ${example} (xen-preflight list ${shellWord(path)})`,
  )
}
