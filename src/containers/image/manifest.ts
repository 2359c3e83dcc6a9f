/**
 * Which images a store holds, and which layers each has.
 * Source: OCI image-spec (image-index.md, manifest.md, annotations.md); Docker's image spec v1.3 for `manifest.json`.
 */
import { readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import type { BlobStore } from './blob-store.ts'

/** Registries take no longer manifest. */
const MAX_JSON = 4 * 2 ** 20
/** Of indexes that name each other: one is usual. */
const MAX_DEPTH = 4
const MAX_IMAGES = 1024
const MAX_LAYERS = 4096
const DIGEST = /^(sha256|sha512):([0-9a-f]{64,128})$/

export interface ImageLayer {
  /** In the store. */
  path: string
  /** What the file is called that a layer is, where it is no archive (`org.opencontainers.image.title`). */
  title: string | undefined
}

export interface ImageManifest {
  /** Names it among the images of its store: its tag, its platform, or both. */
  name: string
  /** `linux/amd64`; empty where it is not said. */
  platform: string
  /** From the lowest to the uppermost. */
  layers: readonly ImageLayer[]
}

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})

/**
 * The images of a store, each once. `fail` takes what cannot be read of one of them. Throws a ContainerError where the
 * index cannot be read.
 */
export function readManifests(
  store: BlobStore,
  context: ContainerContext,
  fail: (error: ContainerError) => void,
): ImageManifest[] {
  const reader = new ManifestReader(store, context, fail)
  if (store.format === 'oci') reader.readIndex('index.json', '', 0)
  else reader.readDockerManifest()
  return reader.named()
}

interface Found {
  tag: string
  platform: string
  digest: string
  layers: ImageLayer[]
}

class ManifestReader {
  readonly #store: BlobStore
  readonly #context: ContainerContext
  readonly #fail: (error: ContainerError) => void
  readonly #found: Found[] = []
  readonly #seen = new Set<string>()

  constructor(store: BlobStore, context: ContainerContext, fail: (error: ContainerError) => void) {
    this.#store = store
    this.#context = context
    this.#fail = fail
  }

  readIndex(path: string, tag: string, depth: number): void {
    const index = this.#json(path)
    if (depth > MAX_DEPTH) throw this.#corrupt(path, `more than ${MAX_DEPTH} indexes name each other`)
    for (const descriptor of objectsOf(objectOf(index).manifests)) {
      const annotations = objectOf(descriptor.annotations)
      // What was built how: no image.
      if (annotations['vnd.docker.reference.type'] === 'attestation-manifest') continue
      const name = tagOf(annotations) || tag
      try {
        this.#readDescriptor(descriptor, name, depth)
      } catch (error) {
        if (!(error instanceof ContainerError) || error.code === 'container-limit') throw error
        this.#takeFault(error, platformOf(descriptor.platform))
      }
    }
  }

  /** Stores keep an index of all platforms and the images of one. */
  #takeFault(error: ContainerError, platform: string): void {
    if (error.code !== 'backing-missing' || platform === '') this.#fail(error)
    else this.#context.remark(`The image for ${platform} is in the index and not in the store.`)
  }

  #readDescriptor(descriptor: Json, tag: string, depth: number): void {
    const digest = textOf(descriptor.digest)
    const path = this.#blobPath(digest)
    if (this.#seen.has(digest)) return
    this.#seen.add(digest)
    if (this.#seen.size > MAX_IMAGES) {
      const message = `Cannot read the ${this.#store.format} index: it has more than ${MAX_IMAGES} images`
      throw new ContainerError('container-limit', this.#store.format, message)
    }
    if (/(?:image\.index|manifest\.list)\.v\d\+json$/.test(textOf(descriptor.mediaType))) {
      this.readIndex(path, tag, depth + 1)
      return
    }
    const manifest = objectOf(this.#json(path))
    if (Array.isArray(manifest.manifests)) {
      this.readIndex(path, tag, depth + 1)
      return
    }
    const layers = objectsOf(manifest.layers)
    this.#checkLayers(path, layers.length)
    const platform = platformOf(descriptor.platform) || this.#configPlatform(manifest)
    this.#found.push({
      tag,
      platform,
      digest,
      layers: layers.map(layer => ({
        path: this.#blobPath(textOf(layer.digest)),
        title: textOf(objectOf(layer.annotations)['org.opencontainers.image.title']) || undefined,
      })),
    })
  }

  /** The platform that the image's own configuration says: an index of one image leaves it out. */
  #configPlatform(manifest: Json): string {
    const { digest, mediaType } = objectOf(manifest.config)
    if (!/image\.(?:config\.)?v1\+json$/.test(textOf(mediaType))) return ''
    try {
      return platformOf(this.#json(this.#blobPath(textOf(digest))))
    } catch (error) {
      if (error instanceof ContainerError && error.code !== 'container-limit') return ''
      throw error
    }
  }

  readDockerManifest(): void {
    for (const image of objectsOf(this.#json('manifest.json'))) {
      const paths = Array.isArray(image.Layers) ? image.Layers.map(textOf) : []
      const config = textOf(image.Config)
      this.#checkLayers('manifest.json', paths.length)
      const tags = Array.isArray(image.RepoTags) ? image.RepoTags.map(textOf) : []
      this.#found.push({
        tag: tags[0] ?? '',
        platform: '',
        digest: config.replace(/^.*[:/]|\.json$/g, ''),
        layers: paths.map(path => ({ path, title: undefined })),
      })
    }
    if (this.#found.length > MAX_IMAGES)
      throw this.#corrupt('manifest.json', `it has more than ${MAX_IMAGES} images`)
  }

  /** The images with names that tell them apart. */
  named(): ImageManifest[] {
    const used = new Set<string>()
    return this.#found.map(({ tag, platform, digest, layers }) => {
      const short = tag.replace(/^.*\//, '')
      const sharesTag = this.#found.filter(other => other.tag === tag).length > 1
      const parts = [short, sharesTag || short === '' ? platform.replaceAll('/', '-') : '']
      const name = parts.filter(part => part !== '').join('-') || digest.replace(/^.*:/, '').slice(0, 12)
      let unique = name === '' ? 'image' : name
      for (let count = 2; used.has(unique); count++) unique = `${name}-${count}`
      used.add(unique)
      return { name: unique, platform, layers }
    })
  }

  #checkLayers(path: string, count: number): void {
    if (count > MAX_LAYERS) throw this.#corrupt(path, `it has ${count} layers, limit is ${MAX_LAYERS}`)
  }

  /** A digest is no path: it cannot lead out of the store. */
  #blobPath(digest: string): string {
    const [, algorithm, digits] = DIGEST.exec(digest) ?? []
    if (algorithm === undefined)
      throw this.#corrupt('manifest', `${JSON.stringify(digest.slice(0, 80))} is no digest`)
    return `blobs/${algorithm}/${digits}`
  }

  #json(path: string): unknown {
    const source = this.#store.open(path)
    if (source.size > MAX_JSON) throw this.#corrupt(path, `it has ${source.size} bytes, limit is ${MAX_JSON}`)
    this.#context.budget.metadata(this.#store.format, source.size)
    return this.#parse(path, source)
  }

  #parse(path: string, source: Source): unknown {
    try {
      return JSON.parse(new TextDecoder().decode(readBytes(source, 0, source.size)))
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#corrupt(path, 'it is no JSON')
      throw error
    }
  }

  #corrupt(path: string, why: string): ContainerError {
    const { format } = this.#store
    return new ContainerError('container-corrupt', format, `Cannot read the ${format} ${path}: ${why}`)
  }
}

/** The name that Docker or Podman know the image by, else its tag in the layout. */
const tagOf = (annotations: Json): string =>
  textOf(annotations['io.containerd.image.name']) || textOf(annotations['org.opencontainers.image.ref.name'])

function platformOf(value: unknown): string {
  const { os, architecture, variant } = objectOf(value)
  return [os, architecture, variant]
    .map(textOf)
    .filter(part => part !== '')
    .join('/')
}
