/** The ELF inside an image that a person has named, with what is wrong said on stderr. */
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../fleet/engines.ts'
import type { Source } from '../source/source.ts'
import { NoWholeElf, openWholeElf, type WholeElf } from '../unwrap/whole-elf.ts'
import { refuseContainer } from './container-kernels.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'

/** Opens the ELF in an image like openWholeElf; what that throws is a UsageError here, of `finish` too. */
export function openElf(
  image: string,
  source: Source,
  flags: ReadFlags,
  engine: Engine = createEngine(flags.engine),
): WholeElf {
  const told = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof NoWholeElf)) throw error
      refuseContainer(image, flags)
      throw new UsageError(`${image}: ${error.message}`)
    }
  }
  const opened = told(() => openWholeElf(engine, source, scanOptions(flags).read.limits))
  if (opened.problem !== undefined) tell(`${image}: ${opened.problem.message}`)
  return { ...opened, finish: () => told(() => opened.finish()) }
}
