import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { detect, detectCodec } from '../../src/unwrap/detect.ts'

const codecs = new URL('../../fixtures/codecs/', import.meta.url)

test('every sample of a codec is a bzImage, whatever its payload', () => {
  const names = readdirSync(codecs).filter(name => name.startsWith('bzimage-'))
  expect(names.length).toBeGreaterThanOrEqual(9)
  for (const name of names) expect(detect(readFileSync(new URL(name, codecs))), name).toBe('bzimage')
})

test('a bare ELF and a gzipped one are told by their first bytes', () => {
  expect(detect(readFileSync(new URL('vmlinux', codecs)))).toBe('elf')
  expect(detect(readFileSync(new URL('vmlinux.gz', codecs)))).toBe('gzip')
})

test.each([
  ['gzip', [0x1f, 0x8b]],
  ['gzip', [0x1f, 0x9e]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lzma', [0x5d, 0x00]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f, 0x00]],
  ['lz4', [0x02, 0x21]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
] as const)('%s by its magic, and by no part of it', (codec, magic) => {
  expect(detectCodec(Uint8Array.from([...magic, 9, 9]))).toBe(codec)
  expect(detectCodec(Uint8Array.from(magic.slice(0, -1)))).toBeUndefined()
})

test('gzip goes before a bzImage header after it, as in the toolstack', () => {
  const image = buildBzImage({ payload: new Uint8Array(16) })
  image.set([0x1f, 0x8b])
  expect(detect(image)).toBe('gzip')
  image.set([0x7f, 0x45, 0x4c, 0x46])
  expect(detect(image)).toBe('bzimage')
})

test('any bytes are something or nothing, never an error', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 0x300 }), bytes => detect(bytes) !== null))
})
