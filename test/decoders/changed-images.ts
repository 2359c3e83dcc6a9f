/** Changed copies of the images in fixtures/codecs, and what the model says that a decoder of the hypervisor prints of them. */
import { readFileSync } from 'node:fs'
import type { Codec } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { detectCodec } from '../../src/unwrap/detect.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { judge, type Target } from '../../src/xen/mod.ts'
import { random } from '../random.ts'

/** payload_length of a bzImage's setup header. */
const PAYLOAD_LENGTH = 0x24c
const SIZE_WORD = 4
/** Most headers of streams and blocks lie here: half of the changes do. */
const HEAD = 64
const MAX_CHANGES = 3

const engine = createEngine('wasm')

/** What decoders of a Xen source tree print of changed images, texts separated by "|", and "=" where they unpack them. */
export interface Recorded {
  /** Whose decoders they are. */
  origin: string
  seed: number
  count: number
  /** Everything that a decoder can print. */
  texts: string[]
  /** By codec and text the numbers of the images. */
  said: Record<Codec, Record<string, number[]>>
}

export interface Changed {
  image: Uint8Array
  start: number
  length: number
}

/** A copy of the image with some changes of its payload. */
function change(sound: Uint8Array, start: number, seed: number): Changed {
  const next = random(seed)
  let image = sound.slice()
  for (let left = 1 + (next() % MAX_CHANGES); left > 0; left--) {
    const length = image.length - start
    const position = start + (next() % (next() % 2 === 0 ? Math.min(HEAD, length) : length))
    const view = new DataView(image.buffer)
    switch (next() % 8) {
      case 0:
        // The stream is cut, its size word stays.
        image = Uint8Array.from([...image.subarray(0, position), ...image.subarray(-SIZE_WORD)])
        break
      case 1: {
        const size = view.getUint32(image.length - SIZE_WORD, true)
        view.setUint32(image.length - SIZE_WORD, size + (next() % 64) - 32, true)
        break
      }
      case 2:
        image.subarray(position, position + (next() % 64)).fill(next() & 0xff)
        break
      case 3:
        image[position] = next() & 0xff
        break
      default:
        image[position] = image[position]! ^ (1 << (next() % 8))
    }
  }
  const length = image.length - start
  new DataView(image.buffer).setUint32(PAYLOAD_LENGTH, length, true)
  return { image, start, length }
}

/** Changed copies that the hypervisor still takes for the codec: the seed and the place of a copy decide what is changed. */
export function changedImages(codec: Codec, seed: number, count: number): Map<number, Changed> {
  const sound = new Uint8Array(
    readFileSync(new URL(`../../fixtures/codecs/bzimage-${codec}`, import.meta.url)),
  )
  const stream = readImage(engine, new MemorySource(sound), {}).facts.layers[1]
  if (stream?.kind !== 'stream') throw new Error(`Cannot find a stream in bzimage-${codec}`)
  const copies = new Map<number, Changed>()
  for (let index = 0; index < count; index++) {
    const changed = change(sound, stream.offset, (seed * 0x9e3779b1 + index) >>> 0)
    if (detectCodec(changed.image.subarray(changed.start)) === codec) copies.set(index, changed)
  }
  return copies
}

/** What the decoder prints by the model, as decode.c writes it, and the problem of the stream. */
export function predict(
  image: Uint8Array,
  texts: ReadonlySet<string>,
  target: Target,
): { said: string | 'open'; problem: string } {
  const { facts } = readImage(engine, new MemorySource(image), { verify: true })
  const { verdict, stage, log } = judge(facts, target, 'pv-dom0')
  const layer = facts.layers[1]
  const problem = layer?.kind === 'stream' ? (layer.error?.message ?? '') : 'no stream'
  const lines = (log?.lines ?? []).filter(line => texts.has(line))
  if (lines.length > 0) return { said: lines.join('|'), problem }
  if (verdict === 'uncertain') return { said: 'open', problem }
  return { said: stage === 'bzimage_parse' || stage === 'init' ? '' : '=', problem }
}

/** unlzma prints a line for every byte that it misses: how many depends on what it makes of the others. */
export const withoutRepeats = (said: string) =>
  said
    .split('|')
    .filter((text, index, all) => text !== all[index - 1])
    .join('|')
