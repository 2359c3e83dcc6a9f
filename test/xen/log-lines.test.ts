/** Every error line of a refusal, in the order of the log. */
import { describe, expect, test } from 'vitest'
import type { Codec, StreamLayer } from '../../src/facts/facts.ts'
import { ask } from './ask.ts'
import { bzImage, kernel, linuxNotes } from './kernels.ts'

const END = ['xc_dom_find_loader: no loader found', 'xc_dom_parse_image failed']
const broken: Partial<StreamLayer> = {
  verified: false,
  error: { code: 'stream-corrupt', offset: 100, message: 'the block at 0x64 breaks the rules' },
}

function linesOf(codec: Codec, stream: Partial<StreamLayer>, xen: string): readonly string[] | undefined {
  const image = bzImage(kernel(), codec, stream)
  // What did not unpack has no size of its own.
  for (const layer of image.layers) if (layer.kind === 'stream' && layer.error) delete layer.unpacked
  return ask(image, xen, 'pv-domU').log?.lines
}

describe('the log of a payload that does not unpack', () => {
  test.each([
    [
      'gzip',
      [
        'xc_dom_do_gunzip: inflate failed (rc=-3)',
        'xc_dom_probe_bzimage_kernel: unable to gzip decompress kernel',
      ],
    ],
    ['xz', ['xc_dom_probe_bzimage_kernel unable to XZ decompress kernel']],
    ['zstd', ['xc_dom_probe_bzimage_kernel unable to ZSTD decompress kernel']],
  ] as const)('names the cause before "no loader found": %s', (codec, lines) => {
    expect(linesOf(codec, broken, '4.17.4')).toEqual([...lines, ...END])
  })

  test('names a codec that the release does not know', () => {
    expect(linesOf('zstd', {}, '4.14.6')).toEqual([
      'xc_dom_probe_bzimage_kernel: unknown compression format',
      ...END,
    ])
  })

  test('has the line of a missing library, where the release logs it', () => {
    const image = bzImage(kernel(), 'lzo')
    const options = { build: { decoders: { lzo: false } } }
    const unable = 'xc_dom_probe_bzimage_kernel unable to LZO decompress kernel'
    const missing = 'xc_try_lzo1x_decode: LZO1x decompress support unavailable'
    expect(ask(image, '4.17.4', 'pv-domU', options).log?.lines).toEqual([missing, unable, ...END])
    expect(ask(image, '4.5.5', 'pv-domU', options).log?.lines).toEqual([unable, ...END])
  })

  test('has no text about a silent log', () => {
    expect(ask(bzImage(kernel(), 'gzip', broken), '4.17.4', 'pv-domU').log?.silent).toBeUndefined()
  })
})

test('a panic is two lines', () => {
  const image = kernel({ notes: linuxNotes({ FEATURES: '!supervisor_mode_kernel' }) })
  expect(ask(image, '4.17.4', 'pv-dom0').log).toEqual({
    lines: ['Panic on CPU 0:', 'Dom0 requires supervisor-mode execution'],
  })
})

test('the line that 4.1 logs for every ELF is marked as noise', () => {
  const image = kernel({ notes: linuxNotes({ FEATURES: 'hvm_callback_vector' }) })
  const noise = 'xc_dom_probe_bzimage_kernel: kernel is not a bzImage'
  expect(ask(image, '4.1.6.1', 'pv-domU').log).toMatchObject({
    lines: [noise, 'xc_dom_parse_image failed'],
    noise: [noise],
    silent: expect.stringContaining('of the cause itself nothing is said'),
  })
})

test('a kernel that is started as firmware leaves no line', () => {
  const image = kernel({ bits: 32, notes: linuxNotes({ XEN_VERSION: 'xen-2.0', PHYS32_ENTRY: undefined }) })
  expect(ask(image, '4.17.4', 'pvh-domU')).toMatchObject({
    code: 'hvm-firmware',
    log: { lines: [], silent: expect.stringContaining('crashes when it starts') },
  })
})
