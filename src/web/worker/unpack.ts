/** The ELF inside a given image, as `unpack` writes it. */
import type { Source } from '../../source/source.ts'
import { openWholeElf } from '../../unwrap/whole-elf.ts'
import type { AnswerTo, Ask } from '../messages.ts'
import { browserMachine, engineName } from './machine.ts'
import { withImage } from './with-image.ts'

/** Copied at once, in bytes. */
const STEP = 4 * 2 ** 20

/** The ELF, or why there is none. */
export const unpack = (ask: Ask<'unpack'>): Promise<AnswerTo<'unpack'>> => withImage(ask, unpackSource)

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
