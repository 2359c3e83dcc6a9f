/** A file system in memory. */
import { GuestFiles } from '../../src/boot/guest-files.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../src/containers/file-tree.ts'
import { MemorySource } from '../../src/source/memory.ts'

interface Node extends FileNode {
  bytes?: Uint8Array
  entries?: Map<string, Node>
}

/** Files by their path; directories come by themselves. */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>): GuestFiles {
  let key = 0
  const directory = (): Node => ({ kind: 'directory', size: 0, key: String(key++), entries: new Map() })
  const root = directory()
  for (const [path, content] of Object.entries(contents)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const names = path.split('/').filter(name => name !== '')
    let at = root
    for (const name of names.slice(0, -1)) {
      if (!at.entries!.has(name)) at.entries!.set(name, directory())
      at = at.entries!.get(name)!
    }
    at.entries!.set(names.at(-1)!, { kind: 'file', size: bytes.length, key: String(key++), bytes })
  }
  const tree: FileTree = {
    format: 'memory',
    remarks: [],
    root,
    *list(node): Generator<DirectoryEntry> {
      for (const [name, child] of (node as Node).entries ?? []) yield { name, node: () => child }
    },
    readLink: () => '',
    open: node => new MemorySource((node as Node).bytes ?? new Uint8Array()),
  }
  return new GuestFiles(tree, 'ext', 'mounted')
}
