import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FACTS_VERSION, type Facts } from '../../src/facts/facts.ts'
import { imageAddress, walkKey } from '../../src/record/key.ts'
import { addressOf, parseRecord, RecordError } from '../../src/record/parse.ts'
import { addressedJson, recordJson, recordText } from '../../src/record/write.ts'

const facts: Facts = { version: FACTS_VERSION, size: 7, kind: 'elf', layers: [] }
const problem = { code: 'empty', message: 'Cannot find a kernel in the file: it is empty' } as const
const digest = `sha256:${'0'.repeat(64)}`

describe('a record', () => {
  test('comes back as it was written, with the address of its image', () => {
    const image = 'a "disk"\u2028.qcow2!/boot/vmlinuz'
    const line = addressedJson(image, recordJson({ facts, problem, digest }))
    expect(parseRecord(line)).toEqual({ image, record: { kind: 'elf', facts, problem, digest } })
    expect(addressOf(line)).toBe(image)
  })

  test('has the facts of its ELF as the last of its facts, whether they are JSON already or not', () => {
    const elf = { size: 7 } as unknown as NonNullable<Facts['elf']>
    const elfJson = JSON.stringify(elf)
    expect(recordJson({ facts, elfJson, digest })).toBe(recordJson({ facts: { ...facts, elf }, digest }))
    expect(recordJson({ facts, elfJson, problem })).toBe(recordJson({ facts: { ...facts, elf }, problem }))
  })

  test('of a file without a kernel is that of any other, whatever was written before', () => {
    const unknown = fc.record({
      facts: fc.record({
        version: fc.constant(FACTS_VERSION),
        size: fc.nat(),
        kind: fc.constantFrom('unknown' as const, 'elf' as const),
        layers: fc.constant<Facts['layers']>([]),
      }),
      problem: fc.record({
        code: fc.constantFrom('not-a-kernel' as const, 'empty' as const),
        message: fc.constantFrom('none', 'a "size":0 of it'),
        offset: fc.constantFrom(0, 512),
      }),
      digest: fc.option(fc.constant(digest), { nil: undefined }),
    })
    fc.assert(
      fc.property(unknown, ({ facts, problem, digest }) => {
        const json = JSON.stringify({ kind: facts.kind, digest, facts, problem })
        expect(recordJson({ facts, problem, ...(digest !== undefined && { digest }) })).toBe(json)
      }),
    )
  })

  test('tells the code of its problem without being parsed', () => {
    expect(recordText({ facts, problem }).problem).toBe('empty')
    expect(recordText({ facts })).not.toHaveProperty('problem')
  })
})

test.each([
  ['', 'the line is no JSON'],
  ['{"image":"a"', 'the line is no JSON'],
  ['[]', 'expected a line of `scan -o ndjson`'],
  ['{"image":1,"kind":"elf","facts":{"version":1,"layers":[]}}', 'expected a line of `scan -o ndjson`'],
  ['{"image":"a","kind":"elf","facts":{"version":1}}', 'expected a line of `scan -o ndjson`'],
  [
    '{"image":"a","kind":"elf","facts":{"version":99,"layers":[]}}',
    'their version is 99, expected 1 or 2; scan again',
  ],
])('%j is no record: %s', (line, message) => {
  expect(() => parseRecord(line)).toThrow(new RecordError(message))
})

test('a record from before containers were looked into is read', () => {
  const line = '{"image":"a","kind":"elf","facts":{"version":1,"size":7,"kind":"elf","layers":[]}}'
  expect(parseRecord(line)).toEqual({
    image: 'a',
    record: { kind: 'elf', facts: { version: 1, size: 7, kind: 'elf', layers: [] } },
  })
})

test('an image in a container is addressed through it', () => {
  expect(imageAddress('/srv/web.qcow2')).toBe('/srv/web.qcow2')
  expect(imageAddress('/srv/web.qcow2', 'part1/boot/vmlinuz')).toBe('/srv/web.qcow2!/part1/boot/vmlinuz')
})

test('keys sort addresses as a walk meets them', () => {
  const walked = ['boot/a', 'boot/a-b', 'boot.old', 'boot0/a']
  expect([...walked].reverse().sort((a, b) => (walkKey(a) < walkKey(b) ? -1 : 1))).toEqual(walked)
})
