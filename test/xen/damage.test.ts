/** Damage that turns notes into others: the stream is to blame, whatever a loader makes of the notes. */
import { crc32, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { buildBzImage, withSizeWord } from '../../fixtures/builders/bzimage.ts'
import { buildElf, type ElfSpec, NOTE } from '../../fixtures/builders/elf.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { reasonText } from '../../src/xen/reason-text.ts'
import { runTool } from '../unwrap/codec-suite.ts'
import { ask } from './ask.ts'
import { bzImage, kernel } from './kernels.ts'

const BASE = 0xffff_ffff_8000_0000n
const SPEC: ElfSpec = {
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
}
const elf = buildElf(SPEC)
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

describe.each([false, true])('a bzImage that is cut inside its payload, with verify %s,', verify => {
  /** As a file, or inside a sound gzip stream. */
  const cut = (bytes: Uint8Array, length: number, isPacked: boolean) => {
    const part = bytes.slice(0, length)
    return readImage(createEngine('typescript'), new MemorySource(isPacked ? gzip(part) : part), { verify })
      .facts
  }
  // The notes lie in the middle of the ELF.
  const whole = buildBzImage({ payload: elf })
  const modes = ['pv-dom0', 'pvh-dom0', 'pv-domU', 'pvh-domU'] as const

  test.each(modes)('is damaged for %s, whatever is missing of its ELF', mode => {
    const verdict = ask(cut(whole, whole.length - 30_000, false), '4.17.7', mode)
    expect(verdict).toMatchObject({ verdict: 'refuses', code: 'payload-outside-file' })
    expect(verdict.remedies.map(({ text }) => text)).toEqual([expect.stringMatching(/^Get the image again/)])
  })

  test('is damaged where a toolstack does not compare the payload with the file', () => {
    const verdict = ask(cut(whole, whole.length - 30_000, false), '4.0.1', 'pv-domU')
    expect(verdict.code).toBe('payload-outside-file')
    expect(reasonText(verdict.reason)).toMatch(/^The payload is said to lie at .* bytes\. LOADER is missing/)
  })

  test('is damaged in a gzip stream that is sound', () => {
    const verdict = ask(cut(whole, whole.length - 30_000, true), '4.17.7', 'pv-domU')
    expect(verdict.code).toBe('payload-outside-file')
  })
})

test('a bare ELF whose notes were cut off may be had again whole', () => {
  const bytes = elf.slice(0, elf.length - 30_000)
  // Without a section header table, which lies at the end, nothing else tells that something is missing.
  new DataView(bytes.buffer).setBigUint64(40, 0n, true)
  bytes.fill(0, 58, 64)
  const { facts } = readImage(createEngine('typescript'), new MemorySource(bytes))
  for (const mode of ['pv-domU', 'pv-dom0'] as const) {
    expect(ask(facts, '4.17.7', mode).remedies[0]!.text).toMatch(/^Get the image again/)
  }
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

/** What the hypervisor prints last before its panic, of a dom0 kernel with this payload. */
function dom0Line(payload: Uint8Array): string | undefined {
  const { facts } = read(payload, true)
  return ask(facts, '4.17.4', 'pv-dom0').log?.lines.findLast(text => !/^Panic|^Could not|^\*/.test(text))
}

/** `bytes` with a big-endian word of 32 bits at `at`. */
function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice()
  new DataView(changed.buffer).setUint32(at, value)
  return changed
}

describe('the line of the hypervisor on a damaged payload', () => {
  const sound = lzo(elf)
  /** lzop writes no name for what it reads from a pipe: its header has 38 bytes. */
  const BLOCK = 38
  const packedSize = new DataView(sound.buffer).getUint32(BLOCK + 4)

  test.each([
    ['the end of the magic', withWord(sound, 5, 0), 'invalid header'],
    ['a block of more than 256 KiB', withWord(sound, BLOCK, 0x4_0001), 'dest len longer than block size'],
    ['an empty block', withWord(sound, BLOCK + 4, 0), 'file corrupted'],
    ['a block that grew', withWord(sound, BLOCK + 4, 0x2_0000), 'file corrupted'],
    ['a block that goes on after the end', sound.slice(0, -200), 'file corrupted'],
    ['a header that is cut', sound.slice(0, 30), 'invalid header'],
    ['a block that is cut', withWord(sound, BLOCK + 4, packedSize - 9), 'Compressed data violation'],
  ])('lzo: %s', (_, payload, line) => {
    expect(dom0Line(payload)).toBe(line)
  })

  test('lzo: releases before 4.2 read on after the end of the payload', () => {
    const { facts } = read(sound.slice(0, -200), true)
    expect(ask(facts, '4.1.6.1', 'pv-dom0')).toMatchObject({ verdict: 'uncertain', code: 'stream-broken' })
    expect(ask(facts, '4.2.0', 'pv-dom0').verdict).toBe('refuses')
  })

  test('lzo: releases before 4.5 take an end mark of any length', () => {
    const payload = sound.slice()
    // The block's last three bytes are the mark, its length is in the low bits of the first.
    const mark = BLOCK + 12 + packedSize - 3
    expect([...payload.subarray(mark, mark + 3)]).toEqual([0x11, 0, 0])
    payload[mark] = 0x12
    expect(dom0Line(payload)).toBe('Compressed data violation')
    const { facts } = read(payload, true)
    for (const mode of ['pv-domU', 'pv-dom0'] as const) {
      const doubt = { verdict: 'uncertain', code: 'stream-broken' }
      expect(ask(facts, '4.4.4', mode)).toMatchObject(doubt)
      expect(ask(facts, '4.5.0', mode).verdict).toBe('refuses')
    }
    payload[mark + 1] = 4
    expect(ask(read(payload, true).facts, '4.4.4', 'pv-dom0').verdict).toBe('refuses')
  })

  test('lzo: what ends the decoding counts, and not a checksum before it', () => {
    const twoFaults = withWord(withWord(sound, BLOCK - 4, 0), BLOCK + 4, 0)
    expect(dom0Line(twoFaults)).toBe('file corrupted')
  })

  test('lzo: a sound block of more than 256 KiB is refused by the hypervisor alone', () => {
    const facts = bzImage(kernel(), 'lzo', { longBlock: 38 })
    expect(ask(facts, '4.17.4', 'pv-domU').verdict).toBe('accepts')
    const verdict = ask(facts, '4.17.4', 'pv-dom0')
    expect(verdict).toMatchObject({ verdict: 'refuses', code: 'stream-unsupported' })
    expect(verdict.log?.lines).toContain('dest len longer than block size')
    expect(verdict.remedies[0]!.text).not.toMatch(/^Get the image again/)
  })

  test('lzo: what only we do not unpack is in doubt', () => {
    const filtered = withWord(sound, 17, 0x800)
    for (const mode of ['pv-domU', 'pv-dom0'] as const) {
      expect(ask(read(filtered, true).facts, '4.17.4', mode)).toMatchObject({
        verdict: 'uncertain',
        code: 'unpacked-only-in-part',
      })
    }
  })

  test('lz4: a block that ends after the start of the size word', () => {
    const stream = withSizeWord(runTool('lz4', ['-l', '-9', '-c'], elf), elf.length)
    expect(dom0Line(stream)).toBeUndefined()
    const cut = withSizeWord(stream.slice(0, -5), elf.length)
    expect(dom0Line(cut)).toBe('data corrupted')
    const broken = stream.slice()
    // The distance of the first match: from before the start.
    broken[broken.length - 40] = broken[broken.length - 40]! ^ 0xff
    expect(dom0Line(withSizeWord(broken.slice(0, -4), elf.length + 5))).toBe('Decoding failed')
  })
})

describe('streams that are sound, and that only the hypervisor does not take', () => {
  test('gzip with a checksum of its header', () => {
    const plain = gzip(elf)
    const header = Uint8Array.from(plain.subarray(0, 10))
    header[3] = header[3]! | 2
    const sum = crc32(header) & 0xffff
    const stream = Uint8Array.from([...header, sum & 0xff, sum >> 8, ...plain.subarray(10)])
    const { facts, problem } = read(stream, true)
    expect(problem).toBeUndefined()
    expect(ask(facts, '4.17.4', 'pv-domU').verdict).toBe('accepts')
    expect(ask(facts, '4.17.4', 'pv-dom0')).toMatchObject({ verdict: 'refuses', code: 'stream-unsupported' })
    expect(dom0Line(stream)).toBe('Multi part input')
  })

  test('gzip with a block without distances', () => {
    const facts = bzImage(kernel(), 'gzip', { noDistances: true })
    expect(ask(facts, '4.17.4', 'pv-domU').verdict).toBe('accepts')
    expect(ask(facts, '4.17.4', 'pv-dom0').log?.lines).toContain('invalid compressed format (err=2)')
  })

  test('bzip2 with 256 codes of one length, until it was mended', () => {
    const facts = bzImage(kernel(), 'bzip2', { manyCodes: true })
    for (const [release, verdict] of [
      ['4.16.7', 'uncertain'],
      ['4.17.4', 'uncertain'],
      ['4.17.5', 'accepts'],
      ['4.18.2', 'uncertain'],
      ['4.19.1', 'accepts'],
    ] as const) {
      expect(ask(facts, release, 'pv-dom0').verdict, release).toBe(verdict)
      expect(ask(facts, release, 'pv-domU').verdict, release).toBe('accepts')
    }
  })
})

test('lzo: a block that breaks is told, and not what it makes of the next header', () => {
  const two = lzo(buildElf({ ...SPEC, bodySize: 400_000 }))
  const packedSize = new DataView(two.buffer).getUint32(42)
  const wrong = withWord(two, 42, packedSize - 9)
  for (const verify of [false, true]) {
    const lines = ask(read(wrong, verify).facts, '4.17.4', 'pv-dom0').log?.lines
    expect(lines, `verify ${verify}`).toContain('Compressed data violation')
  }
})
