/**
 * Re-encodes a real kernel with every command-line tool, and compares what both engines unpack with it: in full, and
 * stopped early at windows all over it.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildBzImage, withSizeWord } from '../../fixtures/builders/bzimage.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { BASE } from '../../src/engine/memory.ts'
import type { Codec } from '../../src/facts/facts.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { parseBzImage } from '../../src/unwrap/bzimage.ts'
import { OPENERS } from '../../src/unwrap/codecs.ts'
import { DEFAULT_LIMITS } from '../../src/unwrap/limits.ts'
import { Input } from '../../src/unwrap/unpacker.ts'

/** As the kernel's own build calls them (Linux scripts/Makefile.lib), at levels that take seconds and not minutes. */
const PACK: Record<Codec, string> = {
  gzip: 'gzip -n -6 -c',
  bzip2: 'bzip2 -9 -c',
  lzma: 'xz --format=lzma -1 -c',
  xz: 'xz --check=crc32 --x86 --lzma2=preset=1,dict=32MiB -c',
  lzo: 'lzop -c',
  lz4: 'lz4 -l -c',
  zstd: 'zstd -3 --long=27 -c',
}
const WINDOW = 50_000
const WINDOWS = 12

/** Compares for the ELF at `path`; answers a line for every codec that differs. */
export async function compareCodecs(
  path: string,
  scratch: string,
  engines: readonly Engine[],
): Promise<string[]> {
  const elf = readFileSync(path)
  writeFileSync(join(scratch, 'elf'), elf)
  const differences: string[] = []
  for (const codec of Object.keys(PACK) as Codec[]) {
    execFileSync('sh', ['-c', `${PACK[codec]} < elf > packed`], { cwd: scratch })
    const stream = readFileSync(join(scratch, 'packed'))
    const image = buildBzImage({ payload: codec === 'gzip' ? stream : withSizeWord(stream, elf.length) })
    for (const engine of engines) {
      if (!(await sameWindows(codec, image, elf, engine)))
        differences.push(`${codec}, engine ${engine.name}: early stop`)
      if (!(await sameBytes(codec, image, elf, engine)))
        differences.push(`${codec}, engine ${engine.name}: in full`)
    }
  }
  return differences
}

function open(codec: Codec, image: Uint8Array, engine: Engine) {
  const { layer } = parseBzImage(image, image.length)
  const input = new Input(engine, new MemorySource(image), layer.payloadStart, layer.payloadLength, BASE)
  const output = Math.ceil((input.end + 65536) / 65536) * 65536
  return OPENERS[codec]({ engine, input, output, limits: DEFAULT_LIMITS })
}

async function sameBytes(codec: Codec, image: Uint8Array, elf: Uint8Array, engine: Engine): Promise<boolean> {
  const unpacker = open(codec, image, engine)
  await unpacker.finish()
  const { address, length } = await unpacker.need(0, elf.length + 1)
  const same = Buffer.from(engine.memory.buffer, address, length).equals(elf)
  unpacker.close?.()
  return same && unpacker.layer.verified
}

async function sameWindows(
  codec: Codec,
  image: Uint8Array,
  elf: Uint8Array,
  engine: Engine,
): Promise<boolean> {
  let same = true
  for (let index = 0; index < WINDOWS; index++) {
    const start = Math.floor((elf.length / WINDOWS) * index)
    const unpacker = open(codec, image, engine)
    const window = await unpacker.need(start, Math.min(start + WINDOW, elf.length))
    const from = window.address + start - window.start
    const expected = elf.subarray(start, Math.min(start + WINDOW, elf.length))
    same &&= Buffer.from(engine.memory.buffer, from, expected.length).equals(expected)
    unpacker.close?.()
  }
  return same
}
