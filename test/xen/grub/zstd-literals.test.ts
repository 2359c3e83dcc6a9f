/**
 * zstd frames with one bit flipped, against libzstd 1.3.6, the version that GRUB carries: whether it takes them, and what
 * it reads (see fixtures/boot-paths/README.md).
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createEngine } from '../../../src/fleet/engines.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { readImage } from '../../../src/unwrap/read-image.ts'
import { openZstd } from '../../../src/unwrap/zstd.ts'
import { GrubSubject, grubAnswer } from '../../../src/xen/grub/judge.ts'
import { takesPairs } from '../../../src/xen/grub/zstd-literals.ts'
import { ENGINES, openStream } from '../../unwrap/codec-suite.ts'

interface Frame {
  /** A frame of one block without a checksum, in base64. */
  frame: string
  /** Where a bit is flipped, and FNV-1a of the bytes that libzstd makes of that; without them it refuses it. */
  flips: { at: number; bit: number; fnv1a?: number }[]
}

const frames: Frame[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/boot-paths/zstd-literals.json', import.meta.url), 'utf8'),
)
const [inPairs, oneByOne] = frames as [Frame, Frame]

const fnv1a = (bytes: Uint8Array) =>
  bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0

const damaged = ({ frame }: Frame, { at, bit }: { at: number; bit: number }) => {
  const bytes = new Uint8Array(Buffer.from(frame, 'base64'))
  bytes[at]! ^= 1 << bit
  return bytes
}

for (const engine of ENGINES) {
  for (const [name, frame] of Object.entries({ inPairs, oneByOne })) {
    test(`the ${engine} engine reads literals as libzstd 1.3.6 does: ${name}`, async () => {
      const taken = []
      for (const { at, bit } of frame.flips) {
        const { unpacker, bytes } = openStream(openZstd, engine, damaged(frame, { at, bit }))
        await unpacker.finish()
        const { error, literalPairs } = unpacker.layer
        if (literalPairs !== undefined) expect(literalPairs).toMatchObject({ unpacked: 0, unnoticed: true })
        const takes =
          error === undefined || (literalPairs !== undefined && takesPairs(literalPairs, 'x86_64-xen'))
        taken.push({ at, bit, ...(takes && { fnv1a: fnv1a(await bytes(0, unpacker.produced)) }) })
      }
      expect(taken).toEqual(frame.flips)
    })
  }

  test(`the ${engine} engine takes such literals of one block only, and says what else is wrong`, async () => {
    const flip = inPairs.flips.find(({ fnv1a, at }) => fnv1a !== undefined && at > 100)!
    const broken = damaged(inPairs, flip)
    const { unpacker } = openStream(openZstd, engine, new Uint8Array([...broken, ...broken]))
    await unpacker.finish()
    const { error, literalPairs, firstFrame } = unpacker.layer
    expect(firstFrame).toMatchObject({ consumed: broken.length })
    expect(literalPairs).toBeDefined()
    expect(literalPairs!.unnoticed).toBeUndefined()
    expect(error).toMatchObject({ code: 'stream-corrupt' })
    expect(error!.offset).toBeLessThan(broken.length)
  })
}

test('a kernel with such literals: builds of both sizes, and where the other decoder reads them', () => {
  const image = readFileSync(new URL('../../../fixtures/vectors/images/bz-zstd-bitflip.bz', import.meta.url))
  const { facts } = readImage(createEngine('typescript'), new MemorySource(image), { verify: true })
  const layer = facts.layers[1]!
  if (layer.kind !== 'stream') throw new Error('Cannot find the payload: it is no stream')
  expect(layer.literalPairs).toEqual({ unpacked: 0, literals: 32051, bytes: 13384, usedUp: true })
  const answer = (build: 'x86_64-xen' | 'i386-xen') => {
    const { verdict, code } = grubAnswer(new GrubSubject(facts), '2.14', build)
    return { verdict, code }
  }
  const unsure = { verdict: 'uncertain', code: 'stream-broken' }
  expect(answer('x86_64-xen')).toMatchObject({ verdict: 'accepts' })
  expect(answer('i386-xen')).toEqual(unsure)
  layer.literalPairs = { unpacked: 0, literals: 3000, bytes: 1200 }
  expect(answer('x86_64-xen')).toEqual(unsure)
  layer.literalPairs.unpacked = facts.elf!.size
  expect(answer('x86_64-xen')).toMatchObject({ verdict: 'accepts' })
})
