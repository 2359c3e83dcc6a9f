/** Container images: in a directory of OCI's layout, or in an archive of OCI's or Docker's. */
import type { Source } from '../../source/source.ts'
import type { ArchiveEntry } from '../archive/archive.ts'
import type { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { archiveStore, type BlobStore, directoryStore } from './blob-store.ts'
import { readManifests } from './manifest.ts'
import { type MergeOptions, mergedFiles } from './merged-layers.ts'

export interface ContainerImage {
  /** Names it in an address, where its store has more than one. */
  readonly name: string
  /** `linux/amd64`; empty where it is not said. */
  readonly platform: string
  readonly layerCount: number
  /** Its files, of the uppermost layer first. */
  entries(options: MergeOptions): Iterable<ArchiveEntry>
}

export interface ImageStore {
  readonly format: string
  /** Throws a ContainerError where the index cannot be read; `fail` takes what cannot be read of one image. */
  images(fail: (error: ContainerError) => void): ContainerImage[]
}

/** The images in a tar; nothing where it holds none. Throws a ContainerError. */
export const openImageArchive = (source: Source, context: ContainerContext): ImageStore | undefined =>
  storeOf(archiveStore(source, context), context)

/** The images of the layout whose `index.json` this is; nothing where it is no such file. Throws a ContainerError. */
export const openImageLayout = (index: Source, context: ContainerContext): ImageStore | undefined =>
  storeOf(directoryStore(index, context), context)

function storeOf(store: BlobStore | undefined, context: ContainerContext): ImageStore | undefined {
  if (store === undefined) return undefined
  return {
    format: store.format,
    images: fail =>
      readManifests(store, context, fail).map(({ name, platform, layers }) => ({
        name,
        platform,
        layerCount: layers.length,
        entries: options => mergedFiles(store, layers, context, options),
      })),
  }
}
