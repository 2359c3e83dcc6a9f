/** What must hold for every reader of a file system: the tree of its fixture, and that broken images end as coded errors. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TreeItem } from '../../../fixtures/builders/file-tree.ts'
import { SparseImage } from '../../../fixtures/builders/sparse-image.ts'
import { Budget } from '../../../src/containers/budget.ts'
import { ContainerError } from '../../../src/containers/container-error.ts'
import type { ContainerContext } from '../../../src/containers/context.ts'
import type { FileNode, FileTree } from '../../../src/containers/file-tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { sharedEngine } from '../../unwrap/codec-suite.ts'

type Context = Pick<ContainerContext, 'budget' | 'engine'>

const fixtures = new URL('../../../fixtures/file-systems/', import.meta.url)
const images = new Map<string, Uint8Array<ArrayBuffer>>()

/** An image of fixtures/file-systems.ts by position. */
export const sparseImageOf = (name: string) =>
  new SparseImage(readFileSync(new URL(`${name}.img.br`, fixtures)))

/** All of it: the same bytes for the same name. */
export function imageOf(name: string): Uint8Array<ArrayBuffer> {
  const image = images.get(name) ?? sparseImageOf(name).bytes()
  images.set(name, image)
  return image
}

export const contextOf = (limits: ConstructorParameters<typeof Budget>[0] = {}): Context => ({
  budget: new Budget(limits),
  engine: sharedEngine('wasm'),
})

/** The whole contents. */
export function contentsOf(tree: FileTree, file: FileNode): Uint8Array {
  const source = tree.open(file)
  expect(source.size).toBe(file.size)
  return readBytes(source, 0, source.size)
}

/** Every file, link and directory below the root by its path: the contents, the target, or nothing. */
export function allOf(tree: FileTree): Map<string, Uint8Array | string | undefined> {
  const found = new Map<string, Uint8Array | string | undefined>()
  const walk = (directory: FileNode, prefix: string): void => {
    for (const { name, node } of namesOf(tree, directory)) {
      const path = `${prefix}${name}`
      expect(found.has(path), `${path} is listed once`).toBe(false)
      if (node.kind === 'directory') {
        found.set(path, undefined)
        walk(node, `${path}/`)
      } else if (node.kind === 'link') found.set(path, tree.readLink(node))
      else if (node.kind === 'file') found.set(path, contentsOf(tree, node))
    }
  }
  walk(tree.root, '')
  return found
}

const namesOf = (tree: FileTree, directory: FileNode) =>
  [...tree.list(directory)].map(entry => ({ name: entry.name, node: entry.node() }))

/** What `items` make of a file system, beside what `extra` names. */
export function expectTree(tree: FileTree, items: readonly TreeItem[], extra: readonly string[] = []): void {
  const found = allOf(tree)
  for (const name of extra) found.delete(name)
  const expected = new Map<string, Uint8Array | string | undefined>()
  const byPath = new Map(items.map(item => [item.path, item]))
  for (const { path, bytes, link, same } of items) {
    const names = path.split('/')
    for (let depth = 1; depth < names.length; depth++)
      expected.set(names.slice(0, depth).join('/'), undefined)
    expected.set(path, link ?? bytes ?? byPath.get(same!)!.bytes)
  }
  expect(
    [...expected.keys()].filter(path => !found.has(path)),
    'not found',
  ).toEqual([])
  expect(
    [...found.keys()].filter(path => !expected.has(path)),
    'found beside them',
  ).toEqual([])
  for (const [path, content] of expected) {
    const actual = found.get(path)
    if (content instanceof Uint8Array) {
      expect(
        actual instanceof Uint8Array && Buffer.compare(actual, content) === 0,
        `the bytes of ${path}`,
      ).toBe(true)
    } else expect(actual, path).toBe(content)
  }
  for (const { path, same } of items) {
    if (same === undefined) continue
    expect(findPath(tree, path)!.node.key).toBe(findPath(tree, same)!.node.key)
  }
}

interface Reader {
  readonly detect: (source: Source) => boolean
  readonly open: (source: Source, context: Context) => FileTree
}

/** Bytes of which some are others. */
class MutatedSource implements Source {
  readonly #image: Source
  readonly #changes: readonly Change[]
  readonly size: number

  constructor(image: Uint8Array, changes: readonly Change[], size: number) {
    this.#image = new MemorySource(image.subarray(0, size))
    this.#changes = changes
    this.size = size
  }

  read(into: Uint8Array, position: number): number {
    const count = this.#image.read(into, position)
    for (const { at, bytes } of this.#changes) {
      bytes.forEach((byte, index) => {
        const place = at + index - position
        if (place >= 0 && place < count) into[place] = byte
      })
    }
    return count
  }
}

interface Change {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Reads of everything that there is a little, as long as the tree is no larger than a fixture's. */
function touchAll(tree: FileTree): void {
  let nodes = 0
  const attempt = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      if (error.code === 'container-limit') throw error
    }
  }
  const visit = (node: FileNode, depth: number): void => {
    if (++nodes > 2000 || depth > 12) return
    if (node.kind === 'link') attempt(() => tree.readLink(node))
    if (node.kind === 'file') {
      attempt(() => {
        const source = tree.open(node)
        for (const part of [0, 0.5, 1])
          readBytes(source, Math.floor(part * Math.max(0, source.size - 5000)), 5000)
      })
    }
    if (node.kind !== 'directory') return
    attempt(() => {
      for (const entry of tree.list(node)) {
        expect(entry.name).not.toMatch(/^(|\.|\.\.)$|[/\0]/)
        attempt(() => visit(entry.node(), depth + 1))
      }
    })
  }
  visit(tree.root, 0)
}

/** Where bytes of the image are not zero, by blocks of 512 bytes: where changes do something. */
function usedBlocks(image: Uint8Array): number[] {
  const used: number[] = []
  for (let at = 0; at < image.length; at += 512) {
    if (image.subarray(at, at + 512).some(byte => byte !== 0)) used.push(at)
  }
  return used
}

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]

/** What must hold for an image that was changed anywhere: reading it ends, within its budget, by coded errors alone. */
export function describeBroken(name: string, { detect, open }: Reader, runs = 60): void {
  describe(`${name}, changed`, () => {
    const image = imageOf(name)
    const used = usedBlocks(image)
    const change = fc
      .record({
        block: fc.nat(used.length - 1),
        at: fc.nat(511),
        width: fc.constantFrom(1, 2, 4),
        value: fc.oneof(fc.constantFrom(...EDGES), fc.nat(0xffff_ffff)),
        big: fc.boolean(),
      })
      .map(({ block, at, width, value, big }): Change => {
        const bytes = Uint8Array.from({ length: width }, (_, index) => value >>> (8 * index))
        return { at: used[block]! + at, bytes: big ? bytes.reverse() : bytes }
      })
    const size = fc.oneof(
      { weight: 5, arbitrary: fc.constant(image.length) },
      { weight: 1, arbitrary: fc.nat(image.length) },
    )

    test('ends, and raises coded errors alone', () => {
      fc.assert(
        fc.property(fc.array(change, { maxLength: 40 }), size, (changes, end) => {
          const source = new MutatedSource(image, changes, end)
          try {
            detect(source)
            touchAll(open(source, contextOf({ metadata: 2 ** 22, steps: 100_000, entries: 5000 })))
          } catch (error) {
            expect(error).toBeInstanceOf(ContainerError)
          }
        }),
        { numRuns: runs },
      )
    })
  })
}
