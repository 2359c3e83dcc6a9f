/** Where GRUB looks for files: devices by their names, `search`, loop devices, subvolumes of btrfs. */
import { expect, test } from 'vitest'
import type { GuestFiles } from '../../src/boot/guest-files.ts'
import { type GuestVolume, insideVolume } from '../../src/boot/guest-volumes.ts'
import { unreadSentence, walkGuest } from '../../src/boot/guest-walk.ts'
import { volumeIdentity } from '../../src/boot/volume-identity.ts'
import { ufsSuperblock } from '../../src/containers/fs/ufs/superblock.ts'
import { MemorySource, readBytes } from '../../src/source/memory.ts'
import { imageOf } from '../containers/fs/tree-suite.ts'
import { guestDisk } from './disks.ts'
import { memoryFiles } from './files.ts'

/** Walks a disk of partitions; what loop devices open is read as file systems. */
function walk(partitions: readonly GuestFiles[], path: 'pvgrub2' | 'hvm' = 'pvgrub2') {
  const volumes = partitions.map(
    (_, index): GuestVolume => ({
      names: [`part${index + 1}`],
      table: 'gpt',
      open: () => {
        throw new Error('not opened')
      },
    }),
  )
  const disk = {
    mountVolume: (volume: GuestVolume) => {
      const known = partitions[volumes.indexOf(volume)]
      if (known !== undefined) return known
      const file = volume.open()
      return guestDisk(readBytes(file, 0, file.size)).mount(0)
    },
  }
  const found = walkGuest(disk, undefined, volumes, { path })
  const entry = found?.entry
  return {
    ...found,
    at: entry?.volume === undefined ? undefined : insideVolume(entry.volume, entry.kernel!),
    missing: entry?.missing,
  }
}

const KERNELS = { '/vmlinuz': 'other', '/boot/vmlinuz': 'x', '/initrd': 'i' }
const withConfig = (config: string) => memoryFiles({ ...KERNELS, '/boot/grub/grub.cfg': config })
const menu = (...lines: string[]) => `menuentry 'one' {\n${lines.join('\n')}\n}\n`
const UUID = '22F276FA-3828-49a3-8544-fb096c34af38'
const DATA = { uuid: UUID.toLowerCase(), label: 'data' }

test.each([
  [[`search --no-floppy --fs-uuid --set=root ${UUID}`]],
  [['search --label --set data']],
  [['search --set=root --file /only-here']],
  [['search --set=drive1 --label data', 'set root=$drive1']],
  [[`search.fs_uuid ${UUID} root hd0,msdos9`]],
  [['search.fs_label data root']],
  [["set root='hd0,msdos2'"]],
  [['set root=(xen/xvda,gpt2)']],
  [['set root=hd0,2']],
])('%j leads to the second partition', lines => {
  const second = memoryFiles({ ...KERNELS, '/only-here': '' }, { identity: DATA })
  const { at, choice } = walk([withConfig(menu(...lines, 'linux /vmlinuz')), second])
  expect(at).toBe('part2/vmlinuz')
  expect(choice?.remarks).toEqual([])
})

test('a device before a path counts for that file alone', () => {
  const first = memoryFiles({ '/boot/grub/grub.cfg': menu('linux (hd0,msdos2)/vmlinuz', 'initrd /initrd') })
  expect(walk([first, memoryFiles(KERNELS)])).toMatchObject({ at: 'part2/vmlinuz', missing: ['/initrd'] })
})

test('a file is looked for on the device that is named, and nowhere else', () => {
  const config = menu("set root='hd0,msdos2'", 'linux /boot/vmlinuz')
  expect(walk([withConfig(config), memoryFiles({})]).at).toBeUndefined()
})

test('what no file system of this disk is called is said, and any with the kernel is taken', () => {
  const { at, choice } = walk([
    withConfig(menu('search --fs-uuid --set=root 1234-ABCD', 'linux /vmlinuz')),
    memoryFiles(KERNELS),
  ])
  expect(at).toBe('part1/vmlinuz')
  expect(choice?.remarks).toEqual(['No file system of this disk has the UUID "1234-ABCD"'])
})

test('a stub on one partition reads the configuration of another', () => {
  const stub = memoryFiles({
    '/grub/grub.cfg': `search.fs_uuid ${UUID} root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n`,
  })
  const system = memoryFiles(
    { ...KERNELS, '/boot/grub/grub.cfg': menu('linux /boot/vmlinuz ro') },
    { identity: DATA },
  )
  expect(walk([stub, system])).toMatchObject({ at: 'part2/boot/vmlinuz', entry: { args: 'ro' } })
})

test.each([
  ['--fs-uuid', DATA.uuid],
  ['-u', DATA.uuid],
  ['--label', 'data'],
  ['--fs', 'ext2'],
  ['--partmap', 'gpt'],
  ['--driver', 'xendisk'],
])('probe %s tells %s of a partition', (option, value) => {
  const lines = [
    `probe --set=found ${option} (hd0,gpt2)`,
    `if [ "$found" = "${value}" ]; then`,
    'linux /boot/vmlinuz',
    'else',
    'linux /none',
    'fi',
  ]
  const { at, choice } = walk([withConfig(menu(...lines)), memoryFiles({}, { identity: DATA })])
  expect(at).toBe('part1/boot/vmlinuz')
  expect(choice?.remarks).toEqual([])
})

test('probe fails where a file system has no UUID, and what it tells of another disk is not known', () => {
  const config = menu('if probe -u $root; then', 'linux /none', 'else', 'linux /boot/vmlinuz', 'fi')
  expect(walk([withConfig(config)]).at).toBe('part1/boot/vmlinuz')
  const other = menu('probe -s uuid -u hd1', 'search -s root -u $uuid', 'linux /boot/vmlinuz')
  expect(walk([withConfig(other)]).choice?.remarks).toContain('What probe tells of hd1 is not known')
})

test('a kernel in a file that loopback opens', () => {
  const first = memoryFiles({
    '/system/kernel.squashfs': imageOf('squashfs-xz'),
    '/boot/grub/grub.cfg': menu('loopback loop0 /system/kernel.squashfs', 'linux (loop0)/boot/vmlinuz-2'),
  })
  expect(walk([first]).at).toBe('part1/system/kernel.squashfs!/boot/vmlinuz-2')
})

const BTRFS = {
  '/@/boot/grub/grub.cfg': menu('linux /@/boot/vmlinuz'),
  '/@/boot/vmlinuz': 'x',
  '/old/boot/grub/grub.cfg': menu('linux /old/none'),
}

test("a guest's own GRUB finds its system's subvolume; one from dom0 does where SUSE built it", () => {
  const files = memoryFiles(BTRFS, { family: 'btrfs', systemRoots: [['@'], [], ['old']] })
  expect(walk([files], 'hvm')).toMatchObject({ at: 'part1/@/boot/vmlinuz' })
  expect(walk([files], 'hvm').undecided).toBeUndefined()
  const { at, undecided } = walk([files])
  expect(at).toBe('part1/@/boot/vmlinuz')
  expect(undecided).toContain("where it is SUSE's build")
})

test('paths in a default subvolume start there, and what is at the top comes first for a GRUB from dom0', () => {
  const relative = {
    '/@/boot/grub2/grub.cfg': menu('linux /boot/vmlinuz'),
    '/@/boot/vmlinuz': 'x',
  }
  const systemRoots = [['@'], []]
  expect(walk([memoryFiles(relative, { systemRoots })], 'hvm').at).toBe('part1/@/boot/vmlinuz')
  const both = { ...relative, '/boot/grub/grub.cfg': menu('linux /top'), '/top': 'x' }
  expect(walk([memoryFiles(both, { systemRoots })]).at).toBe('part1/top')
})

test('blscfg is said to be a command of some builds only', () => {
  const files = memoryFiles({
    '/boot/grub/grub.cfg': 'blscfg\n',
    '/loader/entries/one.conf': 'title one\nlinux /vmlinuz\n',
    '/vmlinuz': 'x',
  })
  expect(walk([files])).toMatchObject({
    at: 'part1/vmlinuz',
    undecided: expect.stringContaining('a command of the GRUB of Fedora and RHEL'),
  })
  expect(walk([files], 'hvm').undecided).toBeUndefined()
})

test.each([
  ['ext4', 'ext', { uuid: '22f276fa-3828-49a3-8544-fb096c34af38' }],
  ['fat12', 'vfat', { uuid: 'C2A1-7C07' }],
  ['fat32', 'vfat', { uuid: 'C2EE-E072' }],
  ['iso-plain', 'iso9660', { uuid: '2026-11-26-01-32-43-00', label: 'ISOIMAGE' }],
  ['xfs-v5', 'xfs', { uuid: '4514567b-52a7-4950-9670-1074f12fd7e5' }],
  ['btrfs', 'btrfs', { uuid: '40f9d709-e663-4e40-a4a6-d4948af9c517' }],
  ['ufs1', 'ufs1', { uuid: '6b078fc66b8b4567' }],
  ['ufs2', 'ufs2', { uuid: '6b078fd66b8b4567' }],
  // blkid has de2965fb-a251-4c01-8b7b-ef886e4a6a7d: GRUB reads the first three numbers in the other byte order.
  ['erofs', 'erofs', { uuid: 'fb6529de-51a2-014c-8b7b-ef886e4a6a7d' }],
  ['squashfs-xz', 'squashfs', {}],
])('the UUID and the label of %s, as GRUB has them', (name, family, identity) => {
  const bytes = imageOf(name)
  expect(volumeIdentity(family, new MemorySource(bytes))).toEqual(identity)
})

test('labels of UFS and EROFS; a UFS without a number has no UUID', () => {
  const ufs = imageOf('ufs2').slice()
  const superblock = ufsSuperblock(new MemorySource(ufs))!.offset
  const erofs = imageOf('erofs').slice()
  ufs.set(new TextEncoder().encode('root\0'), superblock + 680)
  ufs.fill(0, superblock + 144, superblock + 152)
  expect(volumeIdentity('ufs2', new MemorySource(ufs))).toEqual({ label: 'root' })
  erofs.set(new TextEncoder().encode('sixteen letters!'), 1024 + 64)
  expect(volumeIdentity('erofs', new MemorySource(erofs))).toMatchObject({ label: 'sixteen letters!' })
})

test('a file system that is cut short has no identity, and no error', () => {
  for (const family of ['ext', 'vfat', 'iso9660', 'xfs', 'btrfs', 'ufs1', 'ufs2', 'erofs']) {
    for (const size of [0, 40, 1100])
      expect(() => volumeIdentity(family, { size, read: () => 0 })).not.toThrow()
  }
})

test('nothing is claimed of what is not read', () => {
  const luks = new Uint8Array(0x4_0000)
  luks.set([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe])
  const volumes = [{ names: ['part1'], offset: 0, open: () => new MemorySource(luks) }]
  expect(unreadSentence(guestDisk(luks), volumes)).toContain('the loader may find one: part1 is luks')
  const logical = [{ names: ['vg-root'], open: () => new MemorySource(luks) }]
  expect(unreadSentence(guestDisk(new Uint8Array(512)), logical)).toContain('vg-root is luks')
  expect(unreadSentence(guestDisk(imageOf('ext4')), [{ ...volumes[0]!, names: [] }])).toBeUndefined()
})
