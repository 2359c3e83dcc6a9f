/** A given image opened by its address, and what is wrong with it told. */
import { ContainerError } from '../../containers/container-error.ts'
import { AddressError, openInside } from '../../containers/resolve.ts'
import { ContainerSession } from '../../read/container-session.ts'
import { RepairError } from '../../repair/prove.ts'
import { type OpenSource, type Source, SourceError } from '../../source/source.ts'
import { NoWholeElf } from '../../unwrap/whole-elf.ts'
import type { Fault, Origin } from '../messages.ts'
import { browserMachine, engineName, openGiven, setSiblings } from './machine.ts'

/** Opens the image for as long as `use` takes. `file` is what it lies in, or itself. */
export async function withImage<T>(
  { given, siblings, inside }: Origin,
  use: (source: Source, file: OpenSource) => T | Promise<T>,
): Promise<T | Fault> {
  setSiblings(siblings)
  const file = openGiven(given)
  const session = new ContainerSession(browserMachine, engineName(), file, {})
  try {
    return await use(inside === undefined ? file : openInside(file, session.context, inside), file)
  } catch (error) {
    if (error instanceof SourceError) return { fault: error.problem.message }
    const isFault =
      error instanceof NoWholeElf ||
      error instanceof ContainerError ||
      error instanceof AddressError ||
      error instanceof RepairError
    if (!isFault) throw error
    return { fault: error.message }
  } finally {
    session.close()
    file.close()
  }
}
