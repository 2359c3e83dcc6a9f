/**
 * Files that containers name, such as the backing file of a disk image. An image may come from anybody: what it names
 * is opened only below its own directory, or below a directory that the operator has named for that.
 */
import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { ContainerError } from '../containers/container-error.ts'
import type { FileResolver, NamedFile } from '../containers/context.ts'
import { openFile } from '../source/node/file.ts'
import { type OpenSource, SourceError } from '../source/source.ts'

/** A protocol of QEMU (`nbd:`, `json:`, `https:`), or a drive of Windows. */
const PROTOCOL = /^[A-Za-z][A-Za-z0-9+.-]*:/
const MAX_NAME = 4096

/** The files that one image and those that it names may open. Close it after the last read. */
export class NamedFiles {
  readonly #roots: readonly string[]
  readonly #opened: OpenSource[] = []

  /** `roots` are the directories that the operator allows beside the image's own. */
  constructor(roots: readonly string[]) {
    this.#roots = roots
  }

  /** Files that the one at `path` names; `identity` is that of the file. */
  resolver(path: string, identity: string): FileResolver {
    return { identity, open: (name, layer, offset) => this.#open(path, name, layer, offset) }
  }

  /** Files that an open image names: beside a file, or beside an object on the same server. */
  resolverOf(source: OpenSource): FileResolver {
    const { address, identity } = source
    if (source.isRemote !== true) return this.resolver(address, identity)
    return { identity, open: (name, layer, offset) => this.#openBeside(source, name, layer, offset) }
  }

  /** How many files were opened, and how many bytes of them were read is in their ranges. */
  get opened(): readonly OpenSource[] {
    return this.#opened
  }

  close(): void {
    for (const source of this.#opened.splice(0)) source.close()
  }

  #open(from: string, name: string, layer: string, offset: number | undefined): NamedFile {
    const refuse = (code: 'backing-outside' | 'backing-missing', why: string) => {
      const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} image names: ${why}`
      return new ContainerError(code, layer, message, offset)
    }
    if (name === '' || name.length > MAX_NAME || name.includes('\0') || name.includes('\\x00')) {
      throw refuse('backing-outside', 'it is no file name')
    }
    if (PROTOCOL.test(name)) throw refuse('backing-outside', 'it is no path, and only files are opened')
    const directory = dirname(from)
    const path = isAbsolute(name) ? name : resolve(directory, name)
    const roots = [directory, ...this.#roots].map(root => resolve(root))
    const why = 'it is not below the directory of the image, nor below a directory given by --backing-root'
    // By its name first: whether a file is there that may not be opened is not asked.
    if (!roots.some(root => isBelow(path, root))) throw refuse('backing-outside', why)
    const real = this.#real(path)
    if (real === undefined) throw refuse('backing-missing', 'it is not there')
    if (!roots.some(root => isBelow(real, this.#real(root)))) {
      throw refuse('backing-outside', `a link leads out of there; ${why}`)
    }
    try {
      const source = openFile(real)
      this.#opened.push(source)
      return { source, files: this.resolver(path, source.identity) }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      throw refuse('backing-missing', error.problem.message)
    }
  }

  #openBeside(source: OpenSource, name: string, layer: string, offset: number | undefined): NamedFile {
    const refuse = (code: 'backing-outside' | 'backing-missing', why: string) => {
      const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} image names: ${why}`
      return new ContainerError(code, layer, message, offset)
    }
    const names = name.split('/').filter(part => part !== '.')
    const isBelow = !isAbsolute(name) && !names.includes('..') && !names.includes('') && names.length > 0
    if (!isBelow || name.length > MAX_NAME || PROTOCOL.test(name) || /[\\\0]/.test(name)) {
      throw refuse('backing-outside', 'it is no path below the folder of the image')
    }
    if (source.openBeside === undefined) {
      throw refuse('backing-outside', 'the image lies where no others are beside it')
    }
    try {
      const opened = source.openBeside(names.join('/'))
      this.#opened.push(opened)
      return { source: opened, files: this.resolverOf(opened) }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      // What another attempt may get is not missing: the image would seem to be without it.
      if (error.problem.code === 'remote-unavailable' || error.problem.code === 'changed') throw error
      throw refuse('backing-missing', error.problem.message)
    }
  }

  /** The path without links; nothing where it leads to nothing. */
  #real(path: string): string | undefined {
    try {
      return realpathSync.native(path)
    } catch {
      return undefined
    }
  }
}

function isBelow(path: string, root: string | undefined): boolean {
  if (root === undefined) return false
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
