/**
 * One repaired kernel made from a file, into a file.
 * @module
 */
import { openInside } from '../../containers/resolve.ts'
import { type EngineName, twinOf } from '../../engine/engine.ts'
import { type Made, type MakeTask, makeFrom, type NewKernel, reserveFor } from '../../repair/make.ts'
import { RepairError } from '../../repair/prove.ts'
import { openFile } from '../../source/node/file.ts'
import { openImage } from '../../unwrap/read-image.ts'
import type { UnpackLimits } from '../../unwrap/unpacker.ts'
import type { ContainerOptions } from '../container-session.ts'
import { ContainerSession } from '../container-session.ts'
import { createEngine } from '../engines.ts'
import { fillFile } from './file-output.ts'
import { repairMachine } from './machine.ts'

/** Everything that another thread needs to know. */
export interface MakeJob extends MakeTask {
  engine: EngineName
  /** The file, and what is meant in it. */
  path: string
  inside?: string
  limits: Partial<UnpackLimits>
  containers: ContainerOptions
  /** The new file, which is there and empty. */
  output: string
}

/** The empty file at `path`, which is there. Filling it throws a WriteError. */
export const kernelAt = (path: string): NewKernel => ({
  fill: fill => fillFile(path, fill),
  open: () => openFile(path),
})

/** Opens the image and makes the kernel. Throws a RepairError, a WriteError, and what reading the image throws. */
export async function makeKernel(job: MakeJob): Promise<Made> {
  const { path, inside, engine, limits, containers } = job
  const file = openFile(path)
  const session = inside === undefined ? undefined : new ContainerSession(engine, file, containers)
  try {
    const source = session === undefined ? file : openInside(file, session.context, inside!)
    const whole = createEngine(engine)
    reserveFor(whole, source.size)
    const { facts, problem, elf, finish, close } = openImage(whole, source, { limits })
    if (elf === undefined || facts.elf === undefined) {
      close()
      throw new RepairError(problem?.message ?? 'There is no ELF in it')
    }
    const check = () => {
      const found = finish()
      if (found !== undefined && found !== problem) throw new RepairError(found.message)
      file.assertUnchanged()
    }
    const scanner = createEngine(twinOf(engine))
    const input = { source, facts, elf, whole, scanner, finish: check, close }
    return await makeFrom(input, job, kernelAt(job.output), repairMachine)
  } finally {
    session?.close()
    file.close()
  }
}
