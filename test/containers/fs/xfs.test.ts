import { expect, test } from 'vitest'
import { lines, WITHOUT_HARD_LINKS } from '../../../fixtures/builders/file-tree.ts'
import { detectXfs } from '../../../src/containers/fs/xfs/superblock.ts'
import { openXfs } from '../../../src/containers/fs/xfs/tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import { contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

const open = (image: Uint8Array) => openXfs(new MemorySource(image), contextOf())

test.each(['xfs-v4', 'xfs-v4-ftype', 'xfs-v5', 'xfs-v5-new'])(
  'the image %s has the files that were put into it',
  name => {
    expect(detectXfs(new MemorySource(imageOf(name)))).toBe(true)
    const tree = open(imageOf(name))
    expect(tree).toMatchObject({ format: 'xfs', remarks: [] })
    expectTree(tree, WITHOUT_HARD_LINKS)
  },
)

/** The inode of boot/vmlinuz-1 in an image, whose blocks follow each other from the position of its first bytes on. */
function kernelOf(image: Uint8Array) {
  const key = findPath(open(image), 'boot/vmlinuz-1')!.node.key
  const view = new DataView(image.buffer)
  const inode = Number(key) * view.getUint16(104)
  const core = image[inode + 4] === 3 ? 176 : 100
  return { view, inode, fork: inode + core, blockSize: view.getUint32(4) }
}

/** Writes what `xfs_bmbt_rec` holds. */
function writeExtent(
  view: DataView,
  at: number,
  first: number,
  block: number,
  count: number,
  written = true,
): void {
  const [low, high] = [BigInt(block) & 0xfff_ffff_ffffn, BigInt(block) >> 43n]
  view.setBigUint64(at, (written ? 0n : 1n << 63n) | (BigInt(first) << 9n) | high)
  view.setBigUint64(at + 8, ((low & 0x7ff_ffff_ffffn) << 21n) | BigInt(count))
}

test.each(['xfs-v4', 'xfs-v5-new'])(
  'extents of %s are found in a tree, with holes and unwritten ones as zeros',
  name => {
    const image = imageOf(name).slice()
    const { view, inode, fork, blockSize } = kernelOf(image)
    const l1 = view.getBigUint64(fork + 8)
    const start = Number(l1 >> 21n)
    const isV5 = image[inode + 4] === 3
    // Two leaves at the end of the first group: blocks 0 to 4 with a hole, and the others without their first.
    const last = view.getUint32(84) - 2
    const header = isV5 ? 72 : 24
    for (const [index, extents] of [
      [
        [0, start, 2],
        [3, start + 3, 2],
      ],
      [
        [5, start + 5, 1, false],
        [6, start + 6, 63],
      ],
    ].entries()) {
      const at = (last + index) * blockSize
      image.fill(0, at, at + blockSize)
      view.setUint32(at, isV5 ? 0x424d4133 : 0x424d4150)
      view.setUint16(at + 6, extents.length)
      for (const [number, [first, block, count, written]] of extents.entries()) {
        writeExtent(
          view,
          at + header + 16 * number,
          first as number,
          block as number,
          count as number,
          written as boolean,
        )
      }
    }
    image[inode + 5] = 3
    const room = Math.floor((image[inode + 82]! * 8 || view.getUint16(104) - (fork - inode)) / 16 - 0.25)
    image.fill(0, fork, fork + 16 * room)
    view.setUint16(fork, 1)
    view.setUint16(fork + 2, 2)
    view.setBigUint64(fork + 4, 0n)
    view.setBigUint64(fork + 12, 5n)
    view.setBigUint64(fork + 4 + 8 * room, BigInt(last))
    view.setBigUint64(fork + 12 + 8 * room, BigInt(last + 1))
    const expected = lines(70_000, 'first kernel')
    expected.fill(0, 2 * blockSize, 3 * blockSize)
    expected.fill(0, 5 * blockSize, 6 * blockSize)
    const tree = open(image)
    const file = tree.open(findPath(tree, 'boot/vmlinuz-1')!.node)
    expect(Buffer.compare(readBytes(file, 0, file.size), expected)).toBe(0)

    // A leaf that leads back to the root's level is refused, and so is a block outside of all groups.
    view.setUint16(last * blockSize + 4, 1)
    expect(() => file.read(new Uint8Array(1), 0)).not.toThrow()
    const again = open(image)
    const broken = again.open(findPath(again, 'boot/vmlinuz-1')!.node)
    expect(() => broken.read(new Uint8Array(1), 0)).toThrow(
      expect.objectContaining({ code: 'container-corrupt' }),
    )
  },
)

test('the header of a link that lies in a block is left out', () => {
  const image = imageOf('xfs-v5').slice()
  const at = Buffer.from(image.buffer).indexOf('./'.repeat(300))
  image.copyWithin(at + 56, at, at + 1000)
  new DataView(image.buffer).setUint32(at, 0x58534c4d)
  expectTree(open(image), WITHOUT_HARD_LINKS)
})

test('a log whose last record is no unmount is a remark', () => {
  const image = imageOf('xfs-v5').slice()
  const view = new DataView(image.buffer)
  const [block, groupLog, blockSize] = [Number(view.getBigUint64(48)), image[124]!, view.getUint32(4)]
  const group = Math.floor(block / 2 ** groupLog)
  const log = (group * view.getUint32(84) + (block % 2 ** groupLog)) * blockSize
  expect(view.getUint32(log)).toBe(0xfeedbabe)
  // The flags of the only operation.
  image[log + 512 + 9] = 0
  const tree = open(image)
  expect(tree.remarks).toEqual([
    'The file system was not unmounted and its log was not replayed: this is the state before the last changes',
  ])
  expectTree(tree, WITHOUT_HARD_LINKS)
})

describeBroken('xfs-v4', { detect: detectXfs, open: openXfs })
describeBroken('xfs-v5-new', { detect: detectXfs, open: openXfs })
