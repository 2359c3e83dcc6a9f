/**
 * One repaired kernel made: the new file filled, read again and compared with the image. What is judged comes after that, from the
 * facts of the new file.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import type { Facts } from '../facts/facts.ts'
import type { OpenSource, PassingSource, Source } from '../source/source.ts'
import type { Form } from './form.ts'
import type { RepairMachine } from './machine.ts'
import type { ElfEdit } from './note-edit.ts'
import { proveKernel } from './prove.ts'
import { type Repacked, type RepackOutput, repack } from './repack.ts'

/** What is to be done with an image. */
export interface MakeTask {
  edit: ElfEdit
  form: Form
  /** Of gzip, 1 to 9. */
  level: number
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
  elf: PassingSource
  whole: Engine
  /** An engine of the other kind, which reads the new kernel, too. */
  scanner: Engine
  /** Throws where the image is damaged, or has changed. */
  finish(): void
  close(): void
}

/** The new file, which is empty. */
export interface NewKernel {
  /** Lets `fill` put its bytes. */
  fill<T>(fill: (output: RepackOutput) => Promise<T>): Promise<T>
  /** Opens it anew, once it was filled. */
  open(): OpenSource
}

/** Of an ELF so much is in an engine's memory at once. */
const WINDOW = 64 * 2 ** 20

/**
 * Makes room for a kernel of `size` bytes, for the new one and for a window of the ELF, before the kernel is opened. Memory
 * that grows bit by bit costs a collection of garbage each time; what is not written to takes none.
 */
export function reserveFor(engine: Engine, size: number): void {
  engine.reserve(BASE + 2 * Math.min(size, WINDOW) + WINDOW)
}

/** The level at which gzip packs as hard as it can. */
export const HARDEST = 9

/** gzip's own default. A payload that was packed by gzip is packed as hard as Linux does, so that the new one fits its place. */
export const levelFor = ({ layers }: Facts): number =>
  layers.some(layer => layer.kind === 'stream' && layer.codec === 'gzip') ? HARDEST : 6

/** Makes the kernel and closes the image. Throws a RepairError, and what reading the image and filling the file throw. */
export async function makeFrom(
  input: MakeInput,
  task: MakeTask,
  output: NewKernel,
  machine: RepairMachine,
): Promise<Made> {
  const { source, facts, elf, whole, scanner } = input
  const { edit, form, level } = task
  let repacked: Repacked
  try {
    const { gzip, sha256 } = machine
    const tools = { engine: whole, gzip, sha256 }
    repacked = await output.fill(filled =>
      repack({ source, facts, elf }, { form, patches: edit.patches, level }, filled, tools),
    )
    input.finish()
  } finally {
    input.close()
  }
  const written = output.open()
  try {
    const expected = { before: facts, edit, digest: repacked.digest }
    const after = proveKernel(written, expected, { whole, scanner, sha256: machine.sha256 })
    return { before: facts, after, repacked }
  } finally {
    written.close()
  }
}
