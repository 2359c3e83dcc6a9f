import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { runTool } from '../../unwrap/codec-suite.ts'
import { contextOf, expectCodedErrors, walkedBy } from '../container-suite.ts'
import { tarMembers, tarOf } from '../tar-maker.ts'

const kernel = new Uint8Array(
  readFileSync(new URL('../../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)
const text = (value: string) => new TextEncoder().encode(value)
const walked = (bytes: Uint8Array) => walkedBy(new MemorySource(bytes), contextOf().context)
const budgeted = (source: Source) => {
  walkedBy(source, contextOf({ limits: { steps: 200_000, metadata: 2 ** 22 } }).context)
}

describe('a package of Alpine', () => {
  // abuild: three gzip members, of which only the last ends its tar.
  const apk = new Uint8Array(
    Buffer.concat([
      gzipSync(tarMembers([{ path: '.SIGN.RSA.key.rsa.pub', bytes: text('signature') }])),
      gzipSync(tarMembers([{ path: '.PKGINFO', bytes: text('pkgname = linux-lts\n') }])),
      gzipSync(tarOf([{ path: 'boot/vmlinuz-lts', bytes: kernel }])),
    ]),
  )

  test('has its kernel', () => expect(walked(apk)).toEqual(['boot/vmlinuz-lts']))

  test('ends as a coded error', () => expectCodedErrors(apk, budgeted, { runs: 40 }))

  test.each(['ADB.pckg', 'ADBdpckg', 'ADBc\x02\x03'])('of version 3 (%j) is named and not read', magic => {
    expect(walked(new Uint8Array([...text(magic), ...new Uint8Array(600)]))).toEqual([
      '!: container-not-read',
    ])
  })
})

describe('a package of Arch Linux', () => {
  const LATER = text('none of the kernels')
  const mtree = (...lines: string[]) =>
    gzipSync(text(['#mtree', '/set type=file uid=0', './.PKGINFO time=1.0', ...lines, ''].join('\n')))
  const pkg = (list: Uint8Array, first = '.PKGINFO') =>
    runTool(
      'zstd',
      ['-c'],
      tarOf([
        { path: first, bytes: text('pkgname = linux\n') },
        { path: '.MTREE', bytes: list },
        { path: 'usr/lib/modules/6.1-arch 1/vmlinuz', bytes: kernel },
        { path: 'usr/lib/modules/6.1/kernel/later.ko', bytes: LATER },
        { path: 'boot/vmlinuz-later', bytes: kernel },
      ]),
    )

  test('is read up to the last kernel of its list', () => {
    const list = mtree(
      './usr/lib/modules time=1.0 mode=755 type=dir',
      './usr/lib/modules/6.1-arch\\0401/vmlinuz time=1.0 size=5',
      './boot/vmlinuz-link type=link link=vmlinuz',
    )
    expect(walked(pkg(list))).toEqual(['usr/lib/modules/6.1-arch%201/vmlinuz'])
  })

  test('is not read on where its list has no kernel', () => {
    expect(walked(pkg(mtree('./usr/bin/true time=1.0')))).toEqual([])
  })

  test('with a list in any other archive is read to its end', () => {
    const all = ['usr/lib/modules/6.1-arch%201/vmlinuz', 'boot/vmlinuz-later']
    expect(walked(pkg(mtree('./usr/bin/true time=1.0'), 'etc/passwd'))).toEqual(all)
  })

  test('ends as a coded error', () => {
    expectCodedErrors(pkg(mtree('./boot/vmlinuz-later time=1.0')), budgeted, { runs: 40 })
  })
})
