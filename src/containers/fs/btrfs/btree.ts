/** The trees of btrfs: all metadata are items in the order of their keys. Source: btrfs documentation, "Btree structure". */
import type { Structure } from '../../structure.ts'
import type { TreeRoot } from './superblock.ts'

/** What items are in order of. `offset` is a place, a number or a hash, as `type` has it. */
export interface Key {
  readonly id: number
  readonly type: number
  readonly offset: number
}

export interface Item {
  readonly key: Key
  readonly data: Structure
}

/** Reads the node at a logical address, and refuses one that says it is at another. */
export type ReadNode = (address: number) => Structure

const HEADER = 101
const LEAF_ENTRY = 25
const CHILD_ENTRY = 33
const KEY = 17
/** `BTRFS_MAX_LEVEL` less one. */
const MAX_LEVEL = 7

export const readKey = (raw: Structure, at: number): Key => ({
  id: raw.u64(at),
  type: raw.u8(at + 8),
  offset: raw.u64(at + 9),
})

const compare = (a: Key, b: Key): number => a.id - b.id || a.type - b.type || a.offset - b.offset

/** A node with the number of its entries, checked. */
interface Node {
  readonly raw: Structure
  readonly level: number
  readonly count: number
}

function readTreeNode(read: ReadNode, { address, level }: TreeRoot): Node {
  const raw = read(address)
  const [stored, count] = [raw.u8(100), raw.u32(96)]
  if (stored !== level || level > MAX_LEVEL) {
    throw raw.corrupt('node', `its level is ${stored} instead of ${level}`)
  }
  const room = Math.floor((raw.length - HEADER) / (level === 0 ? LEAF_ENTRY : CHILD_ENTRY))
  if (count > room) throw raw.corrupt('node', `it has ${count} entries, limit is ${room}`)
  return { raw, level, count }
}

const entryAt = ({ level }: Node, index: number): number =>
  HEADER + index * (level === 0 ? LEAF_ENTRY : CHILD_ENTRY)

/** The last entry whose key is not after `key`: -1 where all are. */
function lastNotAfter(node: Node, key: Key): number {
  let [low, high] = [0, node.count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(readKey(node.raw, entryAt(node, middle)), key) <= 0) low = middle + 1
    else high = middle
  }
  return low - 1
}

function childOf(node: Node, index: number): TreeRoot {
  return { address: node.raw.u64(entryAt(node, index) + KEY), level: node.level - 1 }
}

function itemOf(leaf: Node, index: number): Item {
  const at = entryAt(leaf, index)
  const data = leaf.raw.part(HEADER + leaf.raw.u32(at + KEY), leaf.raw.u32(at + KEY + 4))
  return { key: readKey(leaf.raw, at), data }
}

/** The item with the last key that is not after `key`; nothing where all are. */
export function itemAtOrBefore(read: ReadNode, root: TreeRoot, key: Key): Item | undefined {
  let node = readTreeNode(read, root)
  while (node.level > 0) {
    const index = lastNotAfter(node, key)
    if (index < 0) return undefined
    node = readTreeNode(read, childOf(node, index))
  }
  const index = lastNotAfter(node, key)
  return index < 0 ? undefined : itemOf(node, index)
}

/** The items from `key` on, in order. */
export function* itemsFrom(read: ReadNode, root: TreeRoot, key: Key): Generator<Item> {
  const node = readTreeNode(read, root)
  const first = Math.max(0, lastNotAfter(node, key))
  for (let index = first; index < node.count; index++) {
    if (node.level > 0) yield* itemsFrom(read, childOf(node, index), key)
    else {
      const item = itemOf(node, index)
      if (compare(item.key, key) >= 0) yield item
    }
  }
}

/** The item of that key. */
export function itemAt(read: ReadNode, root: TreeRoot, key: Key): Item | undefined {
  const item = itemAtOrBefore(read, root, key)
  return item !== undefined && compare(item.key, key) === 0 ? item : undefined
}
