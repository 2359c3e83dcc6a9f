import { expect, test } from 'vitest'
import { walkContainer } from '../../src/containers/walk.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { contextOf, diskOf } from './container-suite.ts'
import { tarOf } from './tar-maker.ts'

test('what is remarked of a layer counts for what is in it, and for nothing beside it', () => {
  const dirty = diskOf('plain.qcow2').slice()
  new DataView(dirty.buffer).setBigUint64(72, 1n)
  const archive = tarOf([
    { path: 'a.img', bytes: diskOf('gpt.img') },
    { path: 'b.qcow2', bytes: dirty },
    { path: 'c.img', bytes: diskOf('gpt.img') },
  ])
  const found: [string, number][] = []
  walkContainer(new MemorySource(archive), contextOf().context, {
    file({ inside, remarks }) {
      if (!inside.includes('vmlinuz-6.1')) return false
      found.push([inside.slice(0, 1), remarks.length])
      return true
    },
    problem: (_, error) => expect(error).toBeUndefined(),
  })
  expect(found).toEqual([
    ['a', 0],
    ['a', 0],
    ['b', 1],
    ['b', 1],
    ['c', 0],
    ['c', 0],
  ])
})

test.each([
  ['exfat', 3, 'EXFAT   '],
  ['bitlocker', 3, '-FVE-FS-'],
  ['luks', 0, 'LUKS\xba\xbe'],
  ['7z', 0, "7z\xbc\xaf'\x1c"],
  ['vdo', 0, 'dmvdo001'],
  ['f2fs', 1024, '\x10\x20\xf5\xf2'],
  ['bcachefs', 4120, '\xc6\x85\x73\xf6\x4e\x1a\x45\xca'],
  ['jfs', 32768, 'JFS1'],
  ['reiserfs', 65588, 'ReIsEr2Fs'],
  ['zfs', 131032, '\x11\x7a\x0c\xb1\x7a\xda\x10\x02'],
])('%s is named, and not read', (format, at, magic) => {
  const bytes = new Uint8Array(262144)
  bytes.set(
    Uint8Array.from(magic, character => character.charCodeAt(0)),
    at,
  )
  const problems: object[] = []
  walkContainer(new MemorySource(bytes), contextOf().context, {
    file: () => false,
    problem: (_, { code, layer, message }) => problems.push({ code, layer, message }),
  })
  expect(problems).toEqual([
    {
      code: 'container-not-read',
      layer: format,
      message: `Cannot look into the container: its format ${format} is not read`,
    },
  ])
})
