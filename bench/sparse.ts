/** Files with holes: what a note reader looks at in a vmlinux, at its place, or all but the zeros. */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = 4096
/** NT_GNU_BUILD_ID. */
const BUILD_ID = Buffer.from('GNU\0')

interface Piece {
  offset: number
  bytes: Buffer
}

/** Writes a file, with holes for its pages of zeros. */
export function writeSparse(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'w')
  ftruncateSync(fd, bytes.length)
  for (let at = 0; at < bytes.length; at += PAGE) {
    const page = bytes.subarray(at, at + PAGE)
    if (page.some(byte => byte !== 0)) writeSync(fd, page, 0, page.length, at)
  }
  closeSync(fd)
}

/** Writes `count` such files into `directory`, each with a build id of its own, and returns their paths. */
export function writeSparseKernels(vmlinux: string, directory: string, count: number): string[] {
  const elf = readFileSync(vmlinux)
  const { pieces, notes } = pick(elf)
  const buildId = notes.bytes.indexOf(BUILD_ID) + BUILD_ID.length
  if (buildId < BUILD_ID.length) throw new Error('Cannot tell the copies apart: the kernel has no build id')
  mkdirSync(directory, { recursive: true })
  const paths: string[] = []
  for (let index = 0; index < count; index++) {
    const path = join(directory, `vmlinux-${String(index).padStart(6, '0')}`)
    const fd = openSync(path, 'w')
    ftruncateSync(fd, elf.length)
    notes.bytes.writeUInt32LE(index, buildId)
    for (const { offset, bytes } of pieces) writeSync(fd, bytes, 0, bytes.length, offset)
    closeSync(fd)
    paths.push(path)
  }
  return paths
}

/** The pages of the header and of the notes, the section headers and the names of sections, of a 64-bit ELF. */
function pick(elf: Buffer): { pieces: Piece[]; notes: Piece } {
  const number = (at: number) => Number(elf.readBigUInt64LE(at))
  const piece = (offset: number, size: number): Piece => {
    const start = Math.floor(offset / PAGE) * PAGE
    return { offset: start, bytes: elf.subarray(start, Math.ceil((offset + size) / PAGE) * PAGE) }
  }
  const segments = Array.from(
    { length: elf.readUInt16LE(56) },
    (_, index) => number(32) + index * elf.readUInt16LE(54),
  )
  const note = segments.find(at => elf.readUInt32LE(at) === 4)!
  const notes = piece(number(note + 8), number(note + 32))
  const sections = number(40)
  const step = elf.readUInt16LE(58)
  const names = sections + step * elf.readUInt16LE(62)
  return {
    notes,
    pieces: [
      piece(0, PAGE),
      notes,
      piece(sections, step * elf.readUInt16LE(60)),
      piece(number(names + 24), number(names + 32)),
    ],
  }
}
