/** Fixtures of containers, and what must hold for every reader of them. */
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect } from 'vitest'
import { Budget, type BudgetLimits } from '../../src/containers/budget.ts'
import { ContainerError } from '../../src/containers/container-error.ts'
import { type ContainerContext, type FileResolver, NO_FILES } from '../../src/containers/context.ts'
import { type WalkOptions, walkContainer } from '../../src/containers/walk.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource, readBytes } from '../../src/source/memory.ts'
import type { Source } from '../../src/source/source.ts'
import { sharedEngine } from '../unwrap/codec-suite.ts'

const directory = new URL('../../fixtures/disks/', import.meta.url)
const files = new Map<string, Uint8Array>()

/** A file that fixtures/disks.ts wrote. */
export function diskOf(name: string): Uint8Array {
  const bytes =
    files.get(name) ?? new Uint8Array(brotliDecompressSync(readFileSync(new URL(`${name}.br`, directory))))
  files.set(name, bytes)
  return bytes
}

/** Files in memory that containers may name, by their names. */
export function memoryFiles(known: Record<string, Uint8Array>, identity = 'image'): FileResolver {
  return {
    identity,
    open(name, layer, offset) {
      const bytes = known[name]
      if (bytes === undefined)
        throw new ContainerError('backing-missing', layer, `Cannot open ${name}: it is not there`, offset)
      return { source: new MemorySource(bytes), files: memoryFiles(known, name) }
    },
  }
}

export function contextOf({
  limits = {},
  files = NO_FILES,
}: {
  limits?: Partial<BudgetLimits>
  files?: FileResolver
} = {}) {
  const remarks: string[] = []
  const context: ContainerContext = {
    budget: new Budget(limits),
    engine: sharedEngine('wasm'),
    lease: () => ({ engine: createEngine('wasm'), release() {} }),
    files,
    lineage: [],
    remark: sentence => remarks.push(sentence),
  }
  return { context, remarks }
}

/** All bytes, read in pieces that fit no structure. */
export function allBytes(source: Source): Uint8Array {
  const bytes = new Uint8Array(source.size)
  for (let at = 0; at < bytes.length; at += 100_003) bytes.set(readBytes(source, at, 100_003), at)
  return bytes
}

/** What a walk finds: files as their addresses inside, problems as `!address: code`. */
export function walkedBy(source: Source, context: ContainerContext, options: WalkOptions = {}): string[] {
  const found: string[] = []
  const isContainer = walkContainer(
    source,
    context,
    {
      file({ inside, source: file }) {
        const [first, second] = readBytes(file, 0, 0x210).subarray(0x202)
        const isImage = first === 0x48 && second === 0x64
        if (isImage) found.push(inside)
        return isImage
      },
      problem: ({ inside }, { code }) => found.push(`!${inside}: ${code}`),
    },
    options,
  )
  return isContainer ? found : [...found, 'no container']
}

/** Whatever a few bytes of `bytes` become, and wherever they end, `read` returns or throws a ContainerError. */
export function expectCodedErrors(
  bytes: Uint8Array,
  read: (source: Source) => void,
  { from = 0, to = bytes.length, runs = 60 } = {},
): void {
  const value = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
  const change = fc.record({
    at: fc.integer({ min: from, max: to - 1 }),
    value,
    count: fc.constantFrom(1, 1, 4, 8),
  })
  const end = fc.option(fc.nat(bytes.length), { freq: 4 })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), end, (changes, cut) => {
      const mutant = bytes.slice(0, cut ?? bytes.length)
      for (const { at, value, count } of changes) mutant.fill(value, at, at + count)
      try {
        read(new MemorySource(mutant))
      } catch (error) {
        expect(error).toBeInstanceOf(ContainerError)
        expect((error as ContainerError).message).toMatch(/^Cannot /)
      }
    }),
    { numRuns: runs },
  )
}
