/**
 * One repaired kernel made: the image opened and unpacked, the new file filled, read again and compared. What is judged comes after
 * that, from the facts of the new file.
 * @module
 */
import { openInside } from '../../containers/resolve.ts'
import type { Engine, EngineName } from '../../engine/engine.ts'
import { BASE } from '../../engine/memory.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Form } from '../../repair/form.ts'
import type { ElfEdit } from '../../repair/note-edit.ts'
import { openFile } from '../../source/node/file.ts'
import type { Source } from '../../source/source.ts'
import { openImage } from '../../unwrap/read-image.ts'
import type { UnpackLimits } from '../../unwrap/unpacker.ts'
import type { ContainerOptions } from '../container-session.ts'
import { ContainerSession } from '../container-session.ts'
import { createEngine } from '../engines.ts'
import { fillFile } from './file-output.ts'
import { proveKernel, RepairError } from './prove.ts'
import { type Repacked, repack } from './repack.ts'

/** What is to be done with an image. */
export interface MakeTask {
  engine: EngineName
  edit: ElfEdit
  form: Form
  level: number
  /** The new file, which is there and empty. */
  output: string
}

/** Everything that another thread needs to know. */
export interface MakeJob extends MakeTask {
  /** The file, and what is meant in it. */
  path: string
  inside?: string
  limits: Partial<UnpackLimits>
  containers: ContainerOptions
}

export interface Made {
  before: Facts
  after: Facts
  repacked: Repacked
}

/** An image that was opened by the engine `whole`. */
export interface MakeInput {
  source: Source
  facts: Facts
  elf: Source
  whole: Engine
  /** Throws where the image is damaged, or has changed. */
  finish(): void
  close(): void
}

/** What lies around input and output in an engine's memory. */
const ROOM = 16 * 2 ** 20
/** No kernel is larger; what says so may be lying. */
const MAX_RESERVED = 256 * 2 ** 20

/** Memory that grows bit by bit costs a collection of garbage each time. What is not written to takes none. */
function reserveAtOnce(engine: Engine, bytes: number): void {
  if (bytes <= MAX_RESERVED) engine.reserve(BASE + bytes + ROOM)
}

/** Makes the kernel and closes the image. Throws a RepairError, a WriteError, and what reading the image throws. */
export async function makeFrom(input: MakeInput, task: MakeTask): Promise<Made> {
  const { source, facts, elf, whole } = input
  const { edit, engine, form, level, output } = task
  let repacked: Repacked
  try {
    reserveAtOnce(whole, source.size + elf.size)
    repacked = await fillFile(output, filled =>
      repack({ source, facts, elf }, { form, patches: edit.patches, level }, filled, createEngine(engine)),
    )
    input.finish()
  } finally {
    input.close()
  }
  const other = engine === 'wasm' ? 'typescript' : 'wasm'
  const readers = { whole, scanner: createEngine(other) }
  const after = proveKernel(output, { before: facts, edit, digest: repacked.digest }, readers)
  return { before: facts, after, repacked }
}

/** Opens the image and makes the kernel. Throws like makeFrom. */
export async function makeKernel(job: MakeJob): Promise<Made> {
  const { path, inside, engine, limits, containers } = job
  const file = openFile(path)
  const session = inside === undefined ? undefined : new ContainerSession(engine, file, containers)
  try {
    const source = session === undefined ? file : openInside(file, session.context, inside!)
    const whole = createEngine(engine)
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
    return await makeFrom({ source, facts, elf, whole, finish: check, close }, job)
  } finally {
    session?.close()
    file.close()
  }
}
