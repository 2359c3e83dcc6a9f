/** One image on several threads: what is said of it is the same. */
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'
import { scratchDirectory } from '../scratch.ts'
import { runTool, withSizeWord } from '../unwrap/codec-suite.ts'
import { kernelLike } from '../unwrap/kernel-like.ts'
import { run } from './run.ts'

const scratch = scratchDirectory()

/** A kernel whose notes come after 9 MB of code: threads have started before they are reached. */
function longKernel(): Uint8Array<ArrayBuffer> {
  const elf = buildElf({
    bits: 64,
    bodySize: 9_000_000,
    notes: [
      { type: NOTE.GUEST_OS, value: 'linux' },
      { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
    ],
  })
  const kernel = new Uint8Array(elf)
  kernel.set(kernelLike(8_900_000), 4096)
  return kernel
}

const TOOLS = {
  bzip2: ['bzip2', '-9', '-c'],
  xz: ['xz', '-c', '--check=crc32', '--block-size=500000', '--x86', '--lzma2=preset=0'],
}

test.each(Object.entries(TOOLS))(
  'one %s image has the same record whether one thread decodes its blocks or two',
  async (codec, [tool, ...args]) => {
    const kernel = longKernel()
    const payload = withSizeWord(runTool(tool!, args, kernel), kernel.length)
    const damaged = payload.slice()
    damaged[payload.length - 400_000]! ^= 1
    for (const [name, bytes] of [
      ['good', payload],
      ['damaged', damaged],
      ['cut', payload.subarray(0, -500_000)],
    ] as const) {
      writeFileSync(scratch.at(name), buildBzImage({ payload: bytes }))
      for (const more of [[], ['--verify']]) {
        const [alone, two] = await Promise.all(
          ['0', '2'].map(workers =>
            run(['scan', scratch.at(name), '-o', 'ndjson', '--workers', workers, ...more]),
          ),
        )
        expect(two!.stdout).toBe(alone!.stdout)
        expect(two!.stderr).toBe(alone!.stderr)
        expect(alone!.stdout.includes(`"codec":"${codec}"`)).toBe(true)
      }
    }
  },
)
