/** Guest disks for pygrub, made by chance: any partition table, file system and configuration that it knows, and some more. */
import fc from 'fast-check'
import { configuration } from './configurations.ts'
import { FILE_SYSTEM_NAMES, type FileSystem, makeFileSystem } from './file-systems.ts'

const MIB = 2 ** 20
const SECTOR = 512
/** The place of the first partition, and the distance of the next one, in bytes. */
const STEP = 20 * MIB

/** One file system: what it is, and the configurations in it, by path. */
const volume = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<FileSystem>('ext2', 'ext3', 'ext4', 'fat16', 'iso-rr', 'xfs4') },
    fc.constantFrom(...FILE_SYSTEM_NAMES),
  ),
  configs: fc.oneof(
    { weight: 6, arbitrary: fc.tuple(configuration) },
    fc.array(configuration, { maxLength: 2 }),
  ),
})

/** The plan of a disk; `volumes` has nothing for a partition without a file system. */
export const diskPlan = fc.record({
  layout: fc.constantFrom('whole', 'whole', 'mbr', 'gpt'),
  volumes: fc.array(fc.oneof({ weight: 4, arbitrary: volume }, fc.constant(undefined)), {
    minLength: 1,
    maxLength: 3,
  }),
  active: fc.integer({ min: -1, max: 3 }),
  types: fc.tuple(
    ...[0, 1, 2].map(() =>
      fc.oneof({ weight: 4, arbitrary: fc.constant(0x83) }, fc.constantFrom(0x0c, 0x82, 0xbf, 0x8e, 5)),
    ),
  ),
  options: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.constantFrom(['--args=extra=1'], ['--entry=1'], ['--entry=0'], ['--entry=two'], ['--entry=7']),
    fc.constantFrom(['--args=a  b', '--entry=1'], ['--entry=-1'], ['--entry= 1'], ['--entry=']),
  ),
})
export type DiskPlan = typeof diskPlan extends fc.Arbitrary<infer Plan> ? Plan : never

/** Makes the disk of a plan, with the tools of its file systems. */
export function makeDisk(work: string, { layout, volumes, active, types }: DiskPlan): Uint8Array {
  if (layout === 'whole') {
    const [first] = volumes
    return first === undefined ? new Uint8Array(MIB) : makeFileSystem(work, first, 0)
  }
  const disk = new Uint8Array(STEP * (volumes.length + 1))
  const view = new DataView(disk.buffer)
  view.setUint16(0x1fe, 0xaa55, true)
  const entry = (index: number, type: number, start: number, sectors: number) => {
    const at = 446 + 16 * index
    view.setUint8(at, index === active ? 0x80 : 0)
    view.setUint8(at + 4, type)
    view.setUint32(at + 8, start, true)
    view.setUint32(at + 12, sectors, true)
  }
  if (layout === 'gpt') {
    entry(0, 0xee, 1, disk.length / SECTOR - 1)
    disk.set(new TextEncoder().encode('EFI PART'), SECTOR)
    view.setUint32(SECTOR + 80, 4, true)
    view.setUint32(SECTOR + 84, 128, true)
  }
  for (const [index, volume] of volumes.entries()) {
    const start = STEP * (index + 1)
    if (layout === 'mbr') entry(index, types[index]!, start / SECTOR, STEP / SECTOR)
    else {
      view.setBigUint64(2 * SECTOR + 128 * index, 1n, true)
      view.setBigUint64(2 * SECTOR + 128 * index + 32, BigInt(start / SECTOR), true)
      view.setBigUint64(2 * SECTOR + 128 * index + 40, BigInt((start + STEP) / SECTOR - 1), true)
    }
    if (volume !== undefined) disk.set(makeFileSystem(work, volume, start), start)
  }
  return disk
}
