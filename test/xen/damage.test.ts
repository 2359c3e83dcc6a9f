/** Damage that turns notes into others: the stream is to blame, whatever a loader makes of the notes. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { buildBzImage, withSizeWord } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { reasonText } from '../../src/xen/reason-text.ts'
import { runTool } from '../unwrap/codec-suite.ts'
import { ask } from './ask.ts'
import { bzImage, kernel } from './kernels.ts'

const BASE = 0xffff_ffff_8000_0000n
const elf = buildElf({
  bits: 64,
  paddr: 0x100_0000n,
  vaddr: BASE + 0x100_0000n,
  entry: BASE + 0x100_0000n,
  bodySize: 20_000,
  tailSize: 20_000,
  notes: [
    { type: NOTE.GUEST_OS, value: 'linux' },
    { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
    { type: NOTE.VIRT_BASE, value: BASE },
    { type: NOTE.ENTRY, value: BASE + 0x100_0000n },
    { type: NOTE.LOADER, value: 'generic' },
  ],
})
const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes, { level: 0 }))
const lzo = (bytes: Uint8Array) => withSizeWord(runTool('lzop', ['-9', '-c'], bytes), bytes.length)

const read = (payload: Uint8Array, verify: boolean) =>
  readImage(createEngine('typescript'), new MemorySource(buildBzImage({ payload })), { verify })

/** Flips a letter of a word that both the ELF and its stream hold as it is. */
function damaged(stream: Uint8Array, word: string): Uint8Array {
  const bytes = stream.slice()
  const at = Buffer.from(bytes).indexOf(word, 0, 'latin1')
  expect(at).toBeGreaterThan(0)
  bytes[at] = bytes[at]! ^ 0x20
  return bytes
}

describe.each([false, true])('with verify %s', verify => {
  test('a sound kernel is taken', () => {
    expect(ask(read(gzip(elf), verify).facts, '4.17.4', 'pv-domU').verdict).toBe('accepts')
  })

  test.each(['linux', 'xen-3.0'])('a stored gzip block with another %j', word => {
    let stream = damaged(gzip(elf), word)
    // Either of LOADER and GUEST_OS is enough for Xen: both have to go before it complains.
    if (word === 'linux') stream = damaged(stream, 'generic')
    const { facts, problem } = read(stream, verify)
    expect(problem?.code).toBe('checksum-mismatch')
    for (const mode of ['pv-domU', 'pv-dom0'] as const) {
      const verdict = ask(facts, '4.17.4', mode)
      expect(verdict).toMatchObject({ verdict: 'refuses', code: 'stream-broken' })
      expect(verdict.remedies[0]!.text).toMatch(/^Get the image again/)
    }
  })
})

test('lzop checksums, which Xen does not look at, tell damage from a kernel without notes', () => {
  const facts = bzImage(kernel({ notes: {} }), 'lzo', {
    verified: false,
    error: {
      code: 'checksum-mismatch',
      offset: 100,
      message: 'the adler32 of the block at 0x64 does not match',
    },
  })
  const verdict = ask(facts, '4.17.4', 'pv-domU')
  expect(verdict).toMatchObject({ verdict: 'refuses', code: 'stream-broken' })
  expect(reasonText(verdict.reason)).toBe(
    'The lzo payload is damaged (the adler32 of the block at 0x64 does not match). ' +
      'It has neither ELF notes nor a __xen_guest section: it is not built for Xen',
  )
  expect(verdict.remedies[0]!.text).toMatch(/^Get the image again/)
})

test('a kernel without notes in a sound lzo stream is not damaged', () => {
  const withoutNotes = buildElf({ bits: 64, bodySize: 5000 })
  const { facts, problem } = read(lzo(withoutNotes), false)
  expect(problem).toBeUndefined()
  expect(ask(facts, '4.17.4', 'pv-domU').code).toBe('no-notes')
})

test('a gzip stream that copies from before its start is uncertain for the hypervisor, which does not look', () => {
  const broken = (fault?: 'distance') =>
    bzImage(kernel(), 'gzip', {
      verified: false,
      error: { code: 'stream-corrupt', offset: 10, message: 'x', ...(fault && { fault }) },
    })
  expect(ask(broken('distance'), '4.17.4', 'pv-dom0').verdict).toBe('uncertain')
  expect(ask(broken(), '4.17.4', 'pv-dom0').verdict).toBe('refuses')
  expect(ask(broken('distance'), '4.17.4', 'pv-domU').verdict).toBe('refuses')
})

test('the reader names that fault', () => {
  // A fixed block whose first symbol is a match: length 3, distance 1, at the very start (RFC 1951).
  const stream = Uint8Array.from([
    ...gzipSync(new Uint8Array(0)).subarray(0, 10),
    0x03,
    0x02,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ])
  const { facts } = read(stream, true)
  const layer = facts.layers[1]
  expect(layer?.kind === 'stream' && layer.error).toMatchObject({ code: 'stream-corrupt', fault: 'distance' })
})
