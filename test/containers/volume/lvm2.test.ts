import { describe, expect, test } from 'vitest'
import { Budget } from '../../../src/containers/budget.ts'
import { LvmTextError, parseLvmText } from '../../../src/containers/volume/lvm-text.ts'
import { openVolumeGroups, readPhysicalVolume } from '../../../src/containers/volume/lvm2.ts'
import { ThinPool } from '../../../src/containers/volume/thin.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import { expectSameBytes } from '../../unwrap/codec-suite.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'

const EXTENT = 65536
const PE_START = 2048 * 512
const IDS = ['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB']
const dashed = (id: string) =>
  id.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7')

/** A physical volume with `text` as its group's, and `data` from the first extent on. */
function physicalVolume(id: string, text: string, data: Uint8Array): Uint8Array {
  const disk = new Uint8Array(PE_START + data.length)
  const view = new DataView(disk.buffer)
  const put = (at: number, value: string) => disk.set(new TextEncoder().encode(value), at)
  const numbers = (at: number, ...values: number[]) => {
    for (const [index, value] of values.entries()) view.setBigUint64(at + index * 8, BigInt(value), true)
  }
  put(512, 'LABELONE')
  view.setUint32(512 + 20, 32, true)
  put(512 + 24, 'LVM2 001')
  put(512 + 32, id)
  numbers(512 + 32 + 32, disk.length, PE_START, 0, 0, 0, 4096, 65536, 0, 0)
  put(4096 + 4, ' LVM2 x[5A%r0N*>')
  view.setUint32(4096 + 20, 1, true)
  numbers(4096 + 24, 4096, 65536, 512, text.length)
  put(4096 + 512, text)
  disk.set(data, PE_START)
  return disk
}

const group = (volumes: string) => `
contents = "Text Format Volume Group" # a comment
vg0 {
id = "x"
seqno = 3
extent_size = ${EXTENT / 512}
physical_volumes {
${IDS.map((id, index) => `pv${index} { id = "${dashed(id)}"\npe_start = 2048 }`).join('\n')}
}
logical_volumes {
${volumes}
}
}
`
const volume = (name: string, segments: string[], visible = true) => `${name} {
status = ["READ", "WRITE"${visible ? ', "VISIBLE"' : ''}]
segment_count = ${segments.length}
${segments.map((segment, index) => `segment${index + 1} { ${segment} }`).join('\n')}
}`
const linear = (start: number, count: number, place: string) =>
  `start_extent = ${start}\nextent_count = ${count}\ntype = "striped"\nstripe_count = 1\nstripes = [ ${place} ]`

/** Each 4 KiB of the data have a byte of their own. */
const pattern = (extents: number, first: number) => {
  const bytes = new Uint8Array(extents * EXTENT)
  for (let at = 0; at < bytes.length; at += 4096) bytes.fill(first + at / 4096, at, at + 4096)
  return bytes
}
const [one, two] = [pattern(4, 0), pattern(4, 100)] as const

function open(text: string, datas: readonly Uint8Array[] = [one, two]) {
  const members = datas.map((data, index) =>
    readPhysicalVolume(new MemorySource(physicalVolume(IDS[index]!, text, data)), new Budget()),
  )
  return openVolumeGroups(members, new Budget())
}
const bytesOf = (volumes: ReturnType<typeof open>, name: string) => {
  const source = volumes.find(candidate => candidate.name === name)!.open()
  return readBytes(source, 0, source.size)
}

describe('logical volumes', () => {
  test('are put together from their segments', () => {
    const volumes = open(group(volume('root', [linear(0, 1, '"pv0", 2'), linear(1, 2, '"pv1", 0')])))
    expect(volumes).toMatchObject([{ name: 'vg0-root', type: 'striped', size: 3 * EXTENT }])
    const expected = [...one.subarray(2 * EXTENT, 3 * EXTENT), ...two.subarray(0, 2 * EXTENT)]
    expect(Buffer.from(expected).equals(bytesOf(volumes, 'vg0-root'))).toBe(true)
  })

  test('go from stripe to stripe', () => {
    const stripes =
      'start_extent = 0\nextent_count = 2\ntype = "striped"\nstripe_size = 8\nstripes = ["pv0", 1, "pv1", 1]'
    const bytes = bytesOf(open(group(volume('fast', [stripes]))), 'vg0-fast')
    expect([...Array(4).keys()].map(stripe => bytes[stripe * 4096])).toEqual([16, 116, 17, 117])
  })

  test('are read from the half of a mirror that is there', () => {
    const raid =
      'start_extent = 0\nextent_count = 1\ntype = "raid1"\ndevice_count = 2\nraids = ["m0", "d0", "m1", "d1"]'
    const text = group(
      [
        volume('safe', [raid]),
        volume('d0', [linear(0, 1, '"pv1", 1')], false),
        volume('d1', [linear(0, 1, '"pv0", 1')], false),
      ].join('\n'),
    )
    const volumes = open(text, [one])
    expect(volumes.map(({ name }) => name)).toEqual(['vg0-safe'])
    expect(bytesOf(volumes, 'vg0-safe')[0]).toBe(16)
  })

  test('of which a part is missing, or of a type that is not read, say so', () => {
    const other = 'start_extent = 0\nextent_count = 1\ntype = "cache"'
    const volumes = open(group(`${volume('far', [linear(0, 1, '"pv1", 0')])}\n${volume('fast', [other])}`), [
      one,
    ])
    expect(() => volumes[0]!.open()).toThrow('its physical volume pv1 is not in this image')
    expect(() => volumes[1]!.open()).toThrow(
      'Cannot read the lvm2 volume vg0-fast: its segments are of the type cache',
    )
  })
})

describe('a thin pool', () => {
  // 64 extents of metadata, then 64 of data: its blocks are as long as an extent.
  const data = new Uint8Array(128 * EXTENT)
  data.set(diskOf('thin-metadata.img'))
  const disk = diskOf('gpt.img').subarray(2 ** 20, 2 ** 21)
  for (let block = 0; block < 16; block++)
    data.set(disk.subarray(block * EXTENT, (block + 1) * EXTENT), (64 + 40 - block) * EXTENT)
  const thin = (device: number, more = '') =>
    `start_extent = 0\nextent_count = 16\ntype = "thin"\nthin_pool = "pool"\ndevice_id = ${device}\n${more}`
  const pool =
    'start_extent = 0\nextent_count = 64\ntype = "thin-pool"\nmetadata = "pool_tmeta"\npool = "pool_tdata"\nchunk_size = 128'
  const text = group(
    [
      volume('root', [thin(1)]),
      volume('part', [thin(2)]),
      volume('over', [thin(2, 'external_origin = "base"')]),
      volume('gone', [thin(3)]),
      volume('base', [linear(0, 16, '"pv0", 64')]),
      volume('pool', [pool]),
      volume('pool_tmeta', [linear(0, 64, '"pv0", 0')], false),
      volume('pool_tdata', [linear(0, 64, '"pv0", 64')], false),
    ].join('\n'),
  )
  const volumes = () => open(text, [data])

  test('has the blocks of its volumes where its metadata say', () => {
    expect(volumes().map(({ name }) => name)).toEqual(
      ['root', 'part', 'over', 'gone', 'base'].map(n => `vg0-${n}`),
    )
    expectSameBytes(bytesOf(volumes(), 'vg0-root'), disk)
  })

  test('has zeros, or the bytes of an origin, where a volume has no block', () => {
    const third = disk.subarray(3 * EXTENT, 4 * EXTENT)
    const zeros = new Uint8Array(16 * EXTENT)
    zeros.set(third, 3 * EXTENT)
    expectSameBytes(bytesOf(volumes(), 'vg0-part'), zeros)
    const origin = data.slice(64 * EXTENT, 80 * EXTENT)
    origin.set(third, 3 * EXTENT)
    expectSameBytes(bytesOf(volumes(), 'vg0-over'), origin)
  })

  test('says which volume it does not know', () => {
    expect(() => bytesOf(volumes(), 'vg0-gone')).toThrow('Cannot read the lvm2 thin pool device tree at 0x')
  })

  test('ends as a coded error, whatever its metadata are', () => {
    const metadata = diskOf('thin-metadata.img')
    const used = [0, 4096, 8192, 12288, 16384].flatMap(at => [at, at + 400])
    for (let index = 0; index < used.length; index += 2) {
      expectCodedErrors(
        metadata,
        source => {
          const opened = new ThinPool(source, new MemorySource(data), new Budget())
          const contents = opened.open({ device: 1, size: 16 * EXTENT })
          contents.read(new Uint8Array(512), 3 * EXTENT)
        },
        { from: used[index]!, to: used[index + 1]!, runs: 20 },
      )
    }
  })
})

test('the kernels of a disk without a table that is a physical volume', () => {
  const data = new Uint8Array(17 * EXTENT)
  data.set(diskOf('gpt.img').subarray(2 ** 20, 2 ** 21), EXTENT)
  const disk = physicalVolume(IDS[0]!, group(volume('root', [linear(0, 16, '"pv0", 1')])), data)
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(disk), context)).toEqual(
    ['6.1', '6.12'].map(version => `vg0-root/boot/vmlinuz-${version}`),
  )
})

test('a label or a text that is broken ends as a coded error', () => {
  const disk = physicalVolume(IDS[0]!, group(volume('root', [linear(0, 1, '"pv0", 0')])), one)
  for (const from of [512, 4096, 4608]) {
    expectCodedErrors(
      disk,
      source => {
        const volumes = openVolumeGroups([readPhysicalVolume(source, new Budget())], new Budget())
        for (const { open } of volumes) open().read(new Uint8Array(512), 0)
      },
      { from, to: from + 200 },
    )
  }
})

test.each(['a {', 'a = ', '= 1', 'a [', 'a = [1', '"a" = 1', '{'.repeat(3)])('%j is no text of LVM', text => {
  expect(() => parseLvmText(text)).toThrow(LvmTextError)
})
