/** `--build` as text: what is known of a build, and what is refused of it. */
import { describe, expect, test } from 'vitest'
import { buildOptionText, mergeBuilds, parseBuildOption } from '../../src/xen/build-option.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'

describe('parseBuildOption', () => {
  test.each([
    ['full', FULL_BUILD],
    ['pv=yes', { pv: true }],
    ['pv32=true', { pv32: true }],
    ['pvh=no', { pvh: false }],
    ['verbose=false', { verbose: false }],
    ['decoders.xz=false', { decoders: { xz: false } }],
    ['pv32=true,pv32=false', { pv32: false }],
    ['full, pv32=no', { ...FULL_BUILD, pv32: false }],
  ])('%s', (text, build) => {
    expect(parseBuildOption(text)).toEqual({ build, refused: [] })
    expect(parseBuildOption(buildOptionText(build))).toEqual({ build, refused: [] })
  })

  test('a list of decoders names all that there are', () => {
    const { build, refused } = parseBuildOption('decoders=xz+gzip')
    expect(refused).toEqual([])
    expect(build.decoders).toEqual({
      gzip: true,
      bzip2: false,
      lzma: false,
      xz: true,
      lzo: false,
      lz4: false,
      zstd: false,
    })
  })

  test.each([
    '',
    'pv',
    'pv=',
    'pv=maybe',
    'pv=toString',
    'pvx=true',
    'decoders=xz+brotli',
    'decoders.foo=true',
    'xz=true',
  ])('%j is refused, and the rest is kept', part => {
    expect(parseBuildOption(`${part},pv32=true`)).toEqual({ build: { pv32: true }, refused: [part] })
  })
})

test('what is known first wins, decoder by decoder', () => {
  expect(
    mergeBuilds(
      { pv: true, decoders: { xz: false } },
      { pv: false, pvh: true, decoders: { xz: true, lzo: true } },
    ),
  ).toEqual({
    pv: true,
    pvh: true,
    decoders: { xz: false, lzo: true },
  })
  expect(mergeBuilds({}, {})).toBeUndefined()
  expect(mergeBuilds()).toBeUndefined()
})
