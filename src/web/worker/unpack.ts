/** The ELF inside a given image, as `unpack` writes it. */
import { ContainerError } from '../../containers/container-error.ts'
import { AddressError, openInside } from '../../containers/resolve.ts'
import { ContainerSession } from '../../read/container-session.ts'
import { type Source, SourceError } from '../../source/source.ts'
import { NoWholeElf, openWholeElf } from '../../unwrap/whole-elf.ts'
import type { AnswerTo, Ask } from '../messages.ts'
import { browserMachine, engineName, openGiven, setSiblings } from './machine.ts'

/** Copied at once, in bytes. */
const STEP = 4 * 2 ** 20

/** The ELF, or why there is none. */
export function unpack({ given, siblings, inside }: Ask<'unpack'>): AnswerTo<'unpack'> {
  setSiblings(siblings)
  const file = openGiven(given)
  const session = new ContainerSession(browserMachine, engineName(), file, {})
  try {
    const source = inside === undefined ? file : openInside(file, session.context, inside)
    return unpackSource(source)
  } catch (error) {
    if (error instanceof SourceError) return { fault: error.problem.message }
    const isFault =
      error instanceof NoWholeElf || error instanceof ContainerError || error instanceof AddressError
    if (!isFault) throw error
    return { fault: error.message }
  } finally {
    session.close()
    file.close()
  }
}

function unpackSource(source: Source): AnswerTo<'unpack'> {
  const { elf, problem, finish, close } = openWholeElf(browserMachine.createEngine(engineName()), source)
  try {
    finish()
    const pieces: Uint8Array<ArrayBuffer>[] = []
    for (let position = 0; position < elf.size; ) {
      const piece = new Uint8Array(Math.min(STEP, elf.size - position))
      const length = elf.read(piece, position)
      if (length === 0) break
      pieces.push(piece.subarray(0, length))
      position += length
    }
    const blob = new Blob(pieces, { type: 'application/octet-stream' })
    return { blob, ...(problem !== undefined && { remark: problem.message }) }
  } finally {
    close()
  }
}
