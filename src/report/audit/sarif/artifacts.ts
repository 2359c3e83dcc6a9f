/**
 * Image paths as artifacts with URIs.
 * @module
 */
import type { Kernel } from '../../../findings/model.ts'

export interface ArtifactLocation {
  uri: string
  uriBaseId?: typeof SOURCE_ROOT
  index: number
}

/** What code scanning services call the directory that URIs are relative to: the checkout, as a rule. */
const SOURCE_ROOT = '%SRCROOT%'

/**
 * The URI reference of a path: absolute paths become `file:` URIs, relative ones stay so. Whatever a URI may not hold
 * is percent-encoded as UTF-8.
 */
export function uriOf(path: string): string {
  // encodeURIComponent throws on halves of surrogate pairs, which have no UTF-8.
  const text = path.replace(/\p{Cs}/gu, '\ufffd')
  const windows = /^([A-Za-z]:)[\\/](.*)$/s.exec(text)
  if (windows !== null) return `file:///${windows[1]}/${encode(windows[2]!.split(/[\\/]/))}`
  if (text.startsWith('/')) return `file://${encode(text.split('/'))}`
  return encode(text.replace(/^(?:\.\/)+/, '').split('/'))
}

const encode = (segments: readonly string[]) => segments.map(encodeURIComponent).join('/')

/** Images that a run names, in the order in which they are first named. */
export class Artifacts {
  readonly list: { location: Omit<ArtifactLocation, 'index'>; roles: ['analysisTarget'] }[] = []
  readonly #indexes = new Map<string, number>()
  /** The directory that all images lie below, with its slash; empty where they are relative, or have none in common. */
  readonly #root: string

  /** @param kernels All that the run is about: where their paths are absolute, they are written from their directory on. */
  constructor(kernels: readonly Pick<Kernel, 'images'>[]) {
    this.#root = commonDirectory(kernels)
  }

  /** What the base of relative URIs is (3.14.14); a service that knows the checkout need not be told. */
  get originalUriBaseIds() {
    const description = { text: 'The directory that the images were named from.' }
    return {
      [SOURCE_ROOT]: this.#root === '' ? { description } : { uri: `${uriOf(this.#root)}`, description },
    }
  }

  /** Where an image of the audit lies. */
  location(image: string): ArtifactLocation {
    const place = this.place(image)
    let index = this.#indexes.get(place.uri)
    if (index === undefined) {
      index = this.list.push({ location: place, roles: ['analysisTarget'] }) - 1
      this.#indexes.set(place.uri, index)
    }
    return { ...place, index }
  }

  /** Where a file lies that is no image. */
  place(path: string): Omit<ArtifactLocation, 'index'> {
    const isBelow = this.#root !== '' && path.startsWith(this.#root)
    const uri = uriOf(isBelow ? path.slice(this.#root.length) : path)
    return uri.startsWith('file:') || uri === '' ? { uri } : { uri, uriBaseId: SOURCE_ROOT }
  }

  /** An image as the place of a result. */
  physicalLocation(image: string) {
    return { physicalLocation: { artifactLocation: this.location(image), region: REGION } }
  }
}

/** Code scanning services show nothing that has no line; an image has no other. */
const REGION = { startLine: 1 }

function commonDirectory(kernels: readonly Pick<Kernel, 'images'>[]): string {
  let common: string | undefined
  for (const { images } of kernels) {
    for (const image of images) {
      if (!image.startsWith('/')) return ''
      common ??= image
      let length = 0
      while (length < common.length && common[length] === image[length]) length++
      common = common.slice(0, length)
    }
  }
  return common === undefined ? '' : common.slice(0, common.lastIndexOf('/') + 1)
}
