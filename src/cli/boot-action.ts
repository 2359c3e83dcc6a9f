/**
 * What `boot` does.
 * @module
 */

import { GuestDisk } from '../boot/guest-disk.ts'
import type { PygrubSpan } from '../boot/pygrub/run.ts'
import { GuestKernels, type PygrubWalk, walkPygrub } from '../boot/walk.ts'
import { Budget } from '../containers/budget.ts'
import { jsonText } from '../document/printable.ts'
import { createEngine } from '../fleet/engines.ts'
import { bootTable } from '../report/boot-table.ts'
import { painter } from '../report/style.ts'
import { walk } from '../source/node/walk.ts'
import { SourceError } from '../source/source.ts'
import type { BootFlags } from './boot.ts'
import { wantsColour } from './colour.ts'
import { EXIT_DONE, EXIT_FAILED } from './exit-codes.ts'
import { askedReleases } from './question.ts'
import { tell } from './screen.ts'
import { print } from './sink.ts'

/** Prints what each disk boots; the exit code is 1 where a disk could not be read. */
export async function bootAction(disks: string[], flags: BootFlags): Promise<number> {
  const asked = askedReleases(flags.xen)
  const engine = createEngine('wasm')
  const options = {
    ...(flags.extra !== undefined && { args: flags.extra }),
    restricted: flags.restricted,
  }
  let exitCode = EXIT_DONE
  const documents: object[] = []
  for (const found of walk(disks)) {
    try {
      if (found.problem !== undefined) throw new SourceError(found.problem)
      const source = found.open()
      try {
        const disk = new GuestDisk(source, { budget: new Budget(), engine })
        const answers = walkPygrub(disk, new GuestKernels(disk, engine), asked, options)
        const document = { image: found.address, path: 'pygrub', answers: answers.map(machineAnswer) }
        if (flags.output === 'ndjson') print(`${jsonText(document)}\n`)
        else if (flags.output === 'json') documents.push(document)
        else print(bootTable(found.address, answers, painter(wantsColour())))
      } finally {
        source.close()
      }
    } catch (error) {
      // One bad disk never costs the others.
      if (!(error instanceof SourceError)) throw error
      tell(`${found.address}: ${error.message}`)
      exitCode = EXIT_FAILED
    }
  }
  if (flags.output === 'json') print(`${jsonText(documents, 2)}\n`)
  return exitCode
}

/** What machines get of a span. */
function machineAnswer({
  since,
  until,
  python,
  outcome,
  kernel,
  ramdisk,
  args,
  error,
}: PygrubWalk): PygrubSpan {
  return {
    since,
    until,
    python,
    outcome,
    ...(kernel !== undefined && { kernel }),
    ...(ramdisk !== undefined && { ramdisk }),
    ...(args !== undefined && { args }),
    ...(error !== undefined && { error }),
  }
}
