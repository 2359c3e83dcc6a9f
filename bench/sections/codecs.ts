/** Whole images to facts, codec by codec: both engines, the peer, and the codec's own library. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineName } from '../../src/engine/engine.ts'
import { hasTool, quote, timeCommand } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'
import { type Packed, TOOLS } from '../kernel.ts'
import { buildNative, LIBRARIES, nativeVersion, timeNative } from '../native.ts'

const ENGINES: readonly EngineName[] = ['wasm', 'typescript']
/** The fast ones are read so often in a sample that the clock's own steps do not matter. */
const TIMES: Partial<Record<string, number>> = { lz4: 16, lzo: 32 }

export const measureCodecs: Measure = async context => {
  const kernel = context.kernel()
  const missing = [...kernel.missing]
  const subjects: Subject[] = []
  const unpacked = join(context.scratch, 'unpacked')
  const reader = context.readnotes ?? (hasTool('readelf') ? { command: 'readelf -n', env: {} } : undefined)
  if (reader === undefined) missing.push('the peers: neither readnotes nor readelf is there')

  const addCommand = (packed: Packed, subject: string, command: string, env = {}) =>
    subjects.push({ group: packed.codec, subject, items: 1, sample: () => timeCommand(command, env) })

  for (const packed of kernel.packed) {
    const { codec, image, stream } = packed
    const items = TIMES[codec] ?? 1
    for (const engine of ENGINES) {
      const sample = () => context.probes.ask(engine, { kind: 'image', path: image, times: items })
      subjects.push({ group: codec, subject: engine, items, size: statSync(image).size, sample })
    }
    const unpack = `${TOOLS[codec].unpack.map(quote).join(' ')} < ${quote(stream)}`
    if (reader !== undefined) {
      const out = quote(unpacked)
      addCommand(packed, 'tool + readnotes', `${unpack} > ${out} && ${reader.command} ${out}`, reader.env)
    }
    addCommand(packed, 'tool', unpack)
    addCommand(packed, 'tool to the notes', `${unpack} | head -c ${kernel.notesEnd}`)
    for (const library of LIBRARIES[codec]) {
      const native = buildNative(context.root, context.scratch, codec, library)
      if ('reason' in native) {
        missing.push(native.reason)
        continue
      }
      const version = nativeVersion(native.path, context.libraries)
      if (version !== '') context.versions[library.name] = version
      const sample = () => {
        const cpu = timeNative(native.path, context.libraries, stream, kernel.notesEnd, 3)
        return { cpu, wall: cpu }
      }
      subjects.push({ group: codec, subject: library.subject, items: 1, sample })
    }
  }
  return {
    id: 'codecs',
    title: 'One kernel in every codec',
    item: 'image',
    method:
      'open to facts in a warm process; the tool writes the whole vmlinux to a file, from which readnotes reads; ' +
      'the library decodes up to the end of the notes, from memory to memory',
    rows: await interleave(subjects, { warmup: 2, rounds: context.quick ? 3 : 9 }),
    missing,
  }
}
