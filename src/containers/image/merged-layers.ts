/**
 * The file system of a container image: its layers from the uppermost down, without what an upper one hides.
 * Source: OCI image-spec, layer.md ("Whiteouts"); Linux Documentation/filesystems/overlayfs.rst.
 */
import { readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { ArchiveEntry } from '../archive/archive.ts'
import { isTar, readTar } from '../archive/tar.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { detectHead } from '../detect-head.ts'
import { StreamSource } from '../envelope/stream.ts'
import { leadsToKernels, mayBeKernel } from '../kernel-places.ts'
import type { BlobStore } from './blob-store.ts'
import type { ImageLayer } from './manifest.ts'

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** Of aufs itself. */
const INTERNAL = '.wh..wh.'

export interface MergeOptions {
  /** All files, and not only those where kernels lie. */
  everywhere: boolean
  /** Takes what cannot be read of a layer; those below it are read then. */
  fail(error: ContainerError): void
}

/** The files of an image, each of the uppermost layer that has it. Only where the budget is used up it throws. */
export function* mergedFiles(
  store: BlobStore,
  layers: readonly ImageLayer[],
  context: ContainerContext,
  { everywhere, fail }: MergeOptions,
): Generator<ArchiveEntry> {
  const hidden = new HiddenPaths(everywhere)
  for (const layer of layers.toReversed()) {
    let stream: StreamSource | undefined
    try {
      const blob = store.open(layer.path)
      const detected = detectHead(readBytes(blob, 0, 512))
      if (detected?.kind === 'stream') stream = new StreamSource(detected.format, blob, context)
      yield* layerFiles(stream ?? blob, layer, context, hidden)
    } catch (error) {
      if (!(error instanceof ContainerError) || error.code === 'container-limit') throw error
      fail(error)
    } finally {
      stream?.close()
    }
    hidden.endLayer()
  }
}

/** What one layer adds to those above it: the members of an archive, or the file that it is. */
function* layerFiles(
  source: Source,
  { path, title }: ImageLayer,
  { budget }: ContainerContext,
  hidden: HiddenPaths,
): Generator<ArchiveEntry> {
  if (!isTar(readBytes(source, 0, 512))) {
    // A layer without files is two blocks of zeros.
    if (readBytes(source, 0, 512).every(byte => byte === 0)) return
    yield { path: title ?? path, kind: 'file', size: source.size, open: () => source }
    return
  }
  for (const entry of readTar(source, budget)) {
    const names = entry.path.split('/').filter(name => name !== '')
    if (names.length === 0 || names.includes('..')) continue
    const name = names.at(-1)!
    if (name.startsWith(WHITEOUT)) {
      hidden.addWhiteout(names.slice(0, -1), name)
    } else {
      if (!hidden.has(names)) yield entry
      hidden.add(names, entry.kind === 'directory')
    }
  }
}

/** What the layers so far hide of those below. What a layer says holds for those below it, and not for itself. */
class HiddenPaths {
  readonly #everywhere: boolean
  /** Paths that are hidden with all that is below them, and directories whose entries are. */
  readonly #paths = new Set<string>()
  readonly #opaque = new Set<string>()
  /** Directories, which hide a file of the same path. */
  readonly #directories = new Set<string>()
  /** What the present layer adds. */
  #newPaths: string[] = []
  #newDirectories: string[] = []
  #newOpaque: string[] = []

  constructor(everywhere: boolean) {
    this.#everywhere = everywhere
  }

  has(names: readonly string[]): boolean {
    let path = ''
    for (const [index, name] of names.entries()) {
      if (this.#opaque.has(path)) return true
      path = index === 0 ? name : `${path}/${name}`
      if (this.#paths.has(path)) return true
    }
    return this.#directories.has(path)
  }

  /** Takes an entry. A directory goes on in the layers below, everything else takes the place of what is there. */
  add(names: readonly string[], isDirectory: boolean): void {
    if (!this.#matters(names)) return
    if (isDirectory) this.#newDirectories.push(names.join('/'))
    else this.#newPaths.push(names.join('/'))
  }

  addWhiteout(folder: readonly string[], name: string): void {
    if (name === OPAQUE) this.#newOpaque.push(folder.join('/'))
    else if (!name.startsWith(INTERNAL))
      this.#newPaths.push([...folder, name.slice(WHITEOUT.length)].join('/'))
  }

  endLayer(): void {
    for (const path of this.#newPaths.splice(0)) this.#paths.add(path)
    for (const path of this.#newDirectories.splice(0)) this.#directories.add(path)
    for (const path of this.#newOpaque.splice(0)) this.#opaque.add(path)
  }

  /** Of most files nobody asks whether they are hidden. */
  #matters(names: readonly string[]): boolean {
    return this.#everywhere || mayBeKernel(names) || leadsToKernels(names)
  }
}
