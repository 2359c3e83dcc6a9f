/** The files of one file system on a guest's disk, as boot loaders look for them. */

import { ContainerError } from '../containers/container-error.ts'
import type { FileTree } from '../containers/file-tree.ts'
import type { FoundPath } from '../containers/path.ts'
import { findPath } from '../containers/path.ts'
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { libraryPath, linkLimit } from './pygrub/library-path.ts'
import type { VolumeIdentity } from './volume-identity.ts'

/** What pygrub's library makes of a file system that is known: it mounts it, does not, or mounts it and finds nothing. */
export type PygrubView = 'mounted' | 'not-mounted' | 'empty'

/** The subvolume of the root directory as the installers of Ubuntu, Debian and Fedora call it. */
const ROOT_NAMES: ReadonlySet<string> = new Set(['@', '@rootfs', 'root'])

export class GuestFiles {
  readonly tree: FileTree
  /** `ext`, `fat`, `iso9660`, `xfs` and so on, whatever the version. */
  readonly family: string
  readonly forPygrub: PygrubView
  readonly #found = new Map<string, FoundPath | undefined>()
  readonly #contents = new Map<string, Uint8Array>()
  readonly #identify: () => VolumeIdentity
  #identity: VolumeIdentity | undefined
  readonly #root: readonly string[]

  /** With `root`, the names of a directory, paths start there, and where they lead to nothing at the top. */
  constructor(
    tree: FileTree,
    family: string,
    forPygrub: PygrubView,
    identify: () => VolumeIdentity = () => ({}),
    root: readonly string[] = [],
  ) {
    this.tree = tree
    this.family = family
    this.forPygrub = forPygrub
    this.#identify = identify
    this.#root = root
  }

  get identity(): VolumeIdentity {
    this.#identity ??= this.#identify()
    return this.#identity
  }

  /**
   * The same files as seen from each subvolume that a system may have as its root: the default one, then those with the
   * names that installers give. The top is not among them.
   */
  subvolumes(): { name: string; files: GuestFiles }[] {
    const roots = this.#systemRoots()
    const [first = []] = roots
    const named = roots.filter(names => names.length === 1 && ROOT_NAMES.has(names[0]!) && names !== first)
    return [first, ...named]
      .filter(names => names.length > 0)
      .map(names => ({
        name: names.join('/'),
        files: new GuestFiles(this.tree, this.family, this.forPygrub, this.#identify, names),
      }))
  }

  #systemRoots(): readonly (readonly string[])[] {
    try {
      return this.tree.systemRoots ?? []
    } catch (error) {
      if (error instanceof ContainerError) return []
      throw error
    }
  }

  /** The size of the file that pygrub's library finds at `path`; undefined where it finds none. */
  pygrubSize(path: string): number | undefined {
    const asked = this.pygrubPath(path)
    if (asked === undefined || this.forPygrub === 'empty') return undefined
    if ((this.#find(asked)?.links ?? 0) > linkLimit(this.family)) return undefined
    const node = this.#find(asked)?.node
    // libext2fs opens directories as it does files: pygrub then copies the bytes of one.
    return this.family === 'ext' && node?.kind === 'directory' ? node.size : this.size(asked)
  }

  /** The path that pygrub's library looks for when it is asked for `path`; undefined where it finds nothing by it. */
  pygrubPath(path: string): string | undefined {
    return libraryPath(this.family, path, directory => this.#names(directory))
  }

  /** The names in a directory; none where it cannot be read. */
  #names(directory: string): string[] {
    try {
      return this.list(directory)
    } catch (error) {
      if (error instanceof ContainerError) return []
      throw error
    }
  }

  /** The size of the file at `path`, links followed; undefined where there is none, or its directories cannot be read. */
  size(path: string): number | undefined {
    const node = this.#find(path)?.node
    return node?.kind === 'file' ? node.size : undefined
  }

  /** The path without links. Only for a file that is there. */
  real(path: string): string {
    return `/${this.#find(path)?.names.join('/') ?? ''}`
  }

  /** The first `limit` bytes of a file, or all of it; empty where it is not there. Throws a ContainerError. */
  read(path: string, limit = Number.POSITIVE_INFINITY): Uint8Array {
    const key = `${limit}:${path}`
    let bytes = this.#contents.get(key)
    if (bytes === undefined) {
      const source = this.open(path)
      bytes = source === undefined ? new Uint8Array() : readBytes(source, 0, Math.min(limit, source.size))
      this.#contents.set(key, bytes)
    }
    return bytes
  }

  /** The contents of the file at `path`; undefined where there is none. Throws a ContainerError. */
  open(path: string): Source | undefined {
    const node = this.#find(path)?.node
    return node?.kind === 'file' ? this.tree.open(node) : undefined
  }

  /** The names in a directory, in no order; none where there is no such directory. Throws a ContainerError. */
  list(path: string): string[] {
    const node = this.#find(path)?.node
    return node?.kind === 'directory' ? [...this.tree.list(node)].map(({ name }) => name) : []
  }

  #find(path: string): FoundPath | undefined {
    if (!this.#found.has(path)) this.#found.set(path, this.#look(path))
    return this.#found.get(path)
  }

  #look(path: string): FoundPath | undefined {
    try {
      const found = findPath(this.tree, path, { root: this.#root })
      return found === undefined && this.#root.length > 0 ? findPath(this.tree, path) : found
    } catch (error) {
      if (error instanceof ContainerError) return undefined
      throw error
    }
  }
}
