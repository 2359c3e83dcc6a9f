/** One real kernel, unpacked, and packed again by every codec that a kernel may come in. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BzImageLayer, Codec, StreamLayer } from '../src/facts/facts.ts'
import { scanElfBytes } from '../src/facts/scan.ts'
import { createEngine } from '../src/fleet/engines.ts'
import { walk } from '../src/source/node/walk.ts'
import { readImage } from '../src/unwrap/read-image.ts'
import { hasTool, run } from './command.ts'

/** How a codec's command-line tool packs, as Linux's own build does it (scripts/Makefile.lib), and unpacks. */
export const TOOLS: Record<Codec, { pack: readonly string[]; unpack: readonly string[] }> = {
  gzip: { pack: ['gzip', '-n', '-9', '-c'], unpack: ['gzip', '-dc'] },
  bzip2: { pack: ['bzip2', '-9', '-c'], unpack: ['bzip2', '-dc'] },
  lzma: { pack: ['xz', '--format=lzma', '-9', '-c'], unpack: ['xz', '--format=lzma', '-dc'] },
  xz: {
    pack: ['xz', '--check=crc32', '--x86', '--lzma2=dict=32MiB', '-c'],
    unpack: ['xz', '--format=xz', '--single-stream', '-dc'],
  },
  lzo: { pack: ['lzop', '-9', '-c'], unpack: ['lzop', '-dc'] },
  lz4: { pack: ['lz4', '-l', '-9', '-c'], unpack: ['lz4', '-dc'] },
  zstd: { pack: ['zstd', '-22', '--ultra', '-c'], unpack: ['zstd', '-dc', '--long=31'] },
}

/** The same kernel in one codec. */
export interface Packed {
  codec: Codec
  /** The bzImage, and the compressed stream alone. */
  image: string
  stream: string
}

export interface Kernel {
  /** The image that it was taken from. */
  origin: string
  vmlinux: string
  /** Bytes of the vmlinux, and the end of its PT_NOTE: as far as an unpacker has to come. */
  size: number
  notesEnd: number
  packed: Packed[]
  /** Codecs without a tool on this machine. */
  missing: string[]
}

/** A real image with the layers around its kernel. */
export interface RealImage {
  path: string
  size: number
  header: BzImageLayer
  stream: StreamLayer
}

/** The bzImages below `directory` that have an x86-64 kernel with notes for Xen in a stream. */
export function findImages(directory: string): RealImage[] {
  const engine = createEngine('wasm')
  const images: RealImage[] = []
  for (const found of walk([directory])) {
    if (found.problem !== undefined) continue
    const source = found.open()
    const { facts } = readImage(engine, source)
    source.close()
    const [header, stream] = facts.layers
    if (header?.kind !== 'bzimage' || stream?.kind !== 'stream') continue
    if (!facts.elf?.notes.some(({ owner }) => owner === 'Xen')) continue
    images.push({ path: found.address, size: facts.size, header, stream })
  }
  return images
}

/** The compressed stream of an image, without the size word after it. */
export function streamBytes({ path, stream }: RealImage): Buffer {
  const end = stream.offset + stream.length - (stream.codec === 'gzip' ? 0 : 4)
  return readFileSync(path).subarray(stream.offset, end)
}

/** Packs the kernel of `image` into `scratch`, which takes minutes, or finds it there. */
export function prepareKernel(image: RealImage, scratch: string): Kernel {
  const directory = join(scratch, 'codecs')
  mkdirSync(directory, { recursive: true })
  const record = join(directory, 'kernel.json')
  if (existsSync(record)) {
    const kept = JSON.parse(readFileSync(record, 'utf8')) as Kernel
    if (kept.origin === image.path) return kept
  }
  const packed = join(directory, 'origin')
  writeFileSync(packed, streamBytes(image))
  // From a file: Deno writes all of an input into the pipe before it reads what comes out.
  const elf = run('sh', ['-c', 'exec "$@" < "$0"', packed, ...TOOLS[image.stream.codec].unpack])
  const vmlinux = join(directory, 'vmlinux')
  writeFileSync(vmlinux, elf)
  const { segments } = scanElfBytes(createEngine('wasm'), elf)
  const ends = segments.flatMap(({ type, offset, filesz }) =>
    type === 4 ? Number(offset) + Number(filesz) : [],
  )
  const kernel: Kernel = {
    origin: image.path,
    vmlinux,
    size: elf.length,
    notesEnd: Math.max(...ends),
    packed: [],
    missing: [],
  }
  const head = readFileSync(image.path).subarray(0, image.header.payloadStart)
  for (const [codec, { pack }] of Object.entries(TOOLS) as [Codec, (typeof TOOLS)[Codec]][]) {
    if (!hasTool(pack[0]!)) {
      kernel.missing.push(`${codec}: ${pack[0]} is not there`)
      continue
    }
    process.stderr.write(`packing with ${pack.join(' ')}\n`)
    const stream = run(pack[0]!, [...pack.slice(1), vmlinux])
    kernel.packed.push(writePacked(codec, stream, head, elf.length, directory))
  }
  writeFileSync(record, JSON.stringify(kernel))
  return kernel
}

/** Puts a stream in the place of an image's own payload. */
function writePacked(
  codec: Codec,
  stream: Buffer,
  head: Buffer,
  unpacked: number,
  directory: string,
): Packed {
  const sizeWord = Buffer.alloc(4)
  sizeWord.writeUInt32LE(unpacked)
  const payload = codec === 'gzip' ? stream : Buffer.concat([stream, sizeWord])
  const setup = Buffer.from(head)
  // payload_length (Linux Documentation/arch/x86/boot.rst).
  setup.writeUInt32LE(payload.length, 0x24c)
  const packed = {
    codec,
    image: join(directory, `bzimage.${codec}`),
    stream: join(directory, `stream.${codec}`),
  }
  writeFileSync(packed.image, Buffer.concat([setup, payload]))
  writeFileSync(packed.stream, stream)
  return packed
}
