import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openInside } from '../../../src/containers/resolve.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { contextOf, diskOf, expectCodedErrors, memoryFiles, walkedBy } from '../container-suite.ts'
import { tarOf } from '../tar-maker.ts'

const disk = diskOf('sparse.vmdk')
const KERNELS = ['vmlinuz-6.1', 'vmlinuz-6.12'].map(name => `disk1.vmdk!/part1/boot/${name}`)
const descriptor = (files: string) =>
  new TextEncoder().encode(
    `<?xml version="1.0"?>\n<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<!-- <File ovf:href="nowhere.vmdk"/> --><References>${files}</References></ovf:Envelope>\n`,
  )
const member = (path: string, bytes: Uint8Array) => ({ path, bytes })
const appliance = (files: string, ...members: { path: string; bytes: Uint8Array }[]) =>
  tarOf([
    member('web.ovf', descriptor(files)),
    ...members,
    member('web.mf', new TextEncoder().encode('SHA1\n')),
  ])
const walked = (bytes: Uint8Array) => walkedBy(new MemorySource(bytes), contextOf().context)
const half = Math.ceil(disk.length / 1024) * 512
const chunks = [disk.subarray(0, half), disk.subarray(half)].map((bytes, index) =>
  member(`disk1.vmdk.00000000${index}`, bytes),
)

describe('an appliance in a tar', () => {
  test('has the disk that its descriptor names', () => {
    expect(walked(appliance('<File ovf:id="a" ovf:href="disk1.vmdk"/>', member('disk1.vmdk', disk)))).toEqual(
      KERNELS,
    )
  })

  test('may have it in pieces, or packed', () => {
    const pieces = `<File ovf:href='disk1.vmdk' ovf:chunkSize='${half}'/>`
    expect(walked(appliance(pieces, ...chunks))).toEqual(KERNELS)
    const packed = '<ovf:File ovf:href="disk1.vmdk" ovf:compression="gzip"/>'
    const bytes = appliance(packed, member('disk1.vmdk', gzipSync(disk)))
    expect(walked(bytes)).toEqual(KERNELS)
    const { size } = openInside(new MemorySource(bytes), contextOf().context, KERNELS[0]!)
    expect(size).toBeGreaterThan(512)
  })

  test('has disks that nobody names, too', () => {
    expect(walked(appliance('', member('disk1.vmdk', disk)))).toEqual(KERNELS)
  })

  test.each([
    ['/etc/disk1.vmdk', 'backing-outside'],
    ['../disk1.vmdk', 'backing-outside'],
    ['a/..%2F../disk1.vmdk', 'backing-outside'],
    ['http://example.org/disk1.vmdk', 'backing-outside'],
    ['json:disk1.vmdk', 'backing-outside'],
    ['other/disk1.vmdk', 'backing-missing'],
  ])('does not lead to %s', (href, code) => {
    const found = walked(appliance(`<File ovf:href="${href}"/>`))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^!.*disk1\\.vmdk: ${code}$`))
  })

  test('ends as a coded error', () => {
    const bytes = appliance(`<File ovf:href="disk1.vmdk" ovf:chunkSize="${half}"/>`, ...chunks)
    const read = (source: Source) => {
      walkedBy(source, contextOf({ limits: { steps: 100_000, metadata: 2 ** 22 } }).context)
    }
    expectCodedErrors(bytes, read, { to: 2048, runs: 40 })
  })
})

describe('a descriptor beside its files', () => {
  const beside = (files: string, known: Record<string, Uint8Array>) => {
    const { context, remarks } = contextOf({ files: memoryFiles(known) })
    return { found: walkedBy(new MemorySource(descriptor(files)), context), remarks }
  }

  test('leaves a whole disk to itself, and says so', () => {
    expect(beside('<File ovf:href="disk1.vmdk"/>', { 'disk1.vmdk': disk })).toEqual({
      found: [],
      remarks: ['The file "disk1.vmdk", which the descriptor names, is read by itself.'],
    })
  })

  test('joins pieces, and unpacks', () => {
    const known = Object.fromEntries(chunks.map(({ path, bytes }) => [path, bytes]))
    expect(beside(`<File ovf:href="disk1.vmdk" ovf:chunkSize="${half}"/>`, known).found).toEqual(KERNELS)
    const packed = '<File ovf:href="disk1.vmdk" ovf:compression="gzip"/>'
    expect(beside(packed, { 'disk1.vmdk': gzipSync(disk) }).found).toEqual(KERNELS)
  })

  test('says of a file that is not there', () => {
    expect(beside('<File ovf:href="disk2.vmdk"/>', {}).found).toEqual(['!disk2.vmdk: backing-missing'])
  })
})
