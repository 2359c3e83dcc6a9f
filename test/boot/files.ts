/** File systems in memory. */
import { GuestFiles } from '../../src/boot/guest-files.ts'
import type { VolumeIdentity } from '../../src/boot/volume-identity.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../src/containers/file-tree.ts'
import { MemorySource } from '../../src/source/memory.ts'

interface Node extends FileNode {
  bytes?: Uint8Array
  entries?: Map<string, Node>
  target?: string
}

/** What else there is to a file system in memory. */
export interface MemoryOptions {
  family?: string
  identity?: VolumeIdentity
  systemRoots?: readonly (readonly string[])[]
}

/** Files by their path, and links as `{ link: target }`; directories come by themselves. */
export function memoryFiles(
  contents: Readonly<Record<string, string | Uint8Array | { link: string }>>,
  { family = 'ext', identity = {}, systemRoots }: MemoryOptions = {},
): GuestFiles {
  let key = 0
  const directory = (): Node => ({ kind: 'directory', size: 0, key: String(key++), entries: new Map() })
  const root = directory()
  for (const [path, content] of Object.entries(contents)) {
    const names = path.split('/').filter(name => name !== '')
    let at = root
    for (const name of names.slice(0, -1)) {
      if (!at.entries!.has(name)) at.entries!.set(name, directory())
      at = at.entries!.get(name)!
    }
    if (typeof content === 'object' && 'link' in content) {
      at.entries!.set(names.at(-1)!, { kind: 'link', size: 0, key: String(key++), target: content.link })
      continue
    }
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    at.entries!.set(names.at(-1)!, { kind: 'file', size: bytes.length, key: String(key++), bytes })
  }
  const tree: FileTree = {
    format: 'memory',
    remarks: [],
    root,
    ...(systemRoots !== undefined && { systemRoots }),
    *list(node): Generator<DirectoryEntry> {
      for (const [name, child] of (node as Node).entries ?? []) yield { name, node: () => child }
    },
    readLink: node => (node as Node).target ?? '',
    open: node => new MemorySource((node as Node).bytes ?? new Uint8Array()),
  }
  return new GuestFiles(tree, family, 'mounted', () => identity)
}
