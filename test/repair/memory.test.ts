import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { repairMachine } from '../../src/fleet/repair/machine.ts'
import type { Form } from '../../src/repair/form.ts'
import { makeFrom, type NewKernel } from '../../src/repair/make.ts'
import { MemoryOutput } from '../../src/repair/memory-output.ts'
import { MemorySource } from '../../src/source/memory.ts'
import type { OpenSource } from '../../src/source/source.ts'
import { openWholeElf } from '../../src/unwrap/whole-elf.ts'
import { fixture } from './kernels.ts'

const MIB = 2 ** 20

/** A vmlinux with so much behind its end, which counts as part of it. */
function longVmlinux(more: number): Uint8Array<ArrayBuffer> {
  const elf = fixture('codecs/vmlinux')
  const bytes = new Uint8Array(elf.length + more)
  bytes.set(elf)
  for (let at = elf.length; at < bytes.length; at += 4096) bytes[at] = at >>> 12
  return bytes
}

class InMemory implements NewKernel {
  readonly output = new MemoryOutput()

  fill<T>(fill: (output: MemoryOutput) => Promise<T>): Promise<T> {
    return fill(this.output)
  }

  open(): OpenSource {
    return Object.assign(new MemorySource(this.output.bytes), { close() {} }) as unknown as OpenSource
  }
}

const FORMS: [string, Form][] = [
  ['packed again', { kind: 'bzimage', payload: 'gzip' }],
  ['with a bare ELF in it', { kind: 'bzimage', payload: 'elf' }],
  ['as a bare ELF', { kind: 'elf' }],
]

test.each(FORMS)('a kernel %s takes memory that does not grow with its ELF', async (_, form) => {
  const elf = longVmlinux(160 * MIB)
  const source = new MemorySource(buildBzImage({ payload: gzipSync(elf, { level: 1 }) }))
  const whole = createEngine('wasm')
  const opened = openWholeElf(whole, source)
  const kernel = new InMemory()
  const { after } = await makeFrom(
    { source, ...opened, whole, scanner: createEngine('typescript') },
    { edit: { changes: [], patches: [], cost: 0 }, form, level: 1 },
    kernel,
    repairMachine,
  )
  expect(after.elf!.size).toBe(elf.length)
  expect(whole.memory.length).toBeLessThan(elf.length - 64 * MIB)
})
