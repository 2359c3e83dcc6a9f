/**
 * Image paths as artifacts with URIs.
 * @module
 */
import type { Kernel } from '../../../findings/model.ts'

export interface ArtifactLocation {
  uri: string
  index: number
}

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

/** Code scanning services show nothing that has no line; an image has no other. */
const REGION = { startLine: 1 }

/** Every image of an audit, and where it is in the list. */
export class Artifacts {
  readonly list: { location: { uri: string }; roles: ['analysisTarget'] }[] = []
  readonly #indexes = new Map<string, number>()

  constructor(kernels: readonly Pick<Kernel, 'images'>[]) {
    for (const { images } of kernels) for (const image of images) this.#add(uriOf(image))
  }

  #add(uri: string): void {
    if (this.#indexes.has(uri)) return
    this.#indexes.set(uri, this.list.length)
    this.list.push({ location: { uri }, roles: ['analysisTarget'] })
  }

  /** Where an image of the audit lies. */
  location(image: string): ArtifactLocation {
    const uri = uriOf(image)
    return { uri, index: this.#indexes.get(uri)! }
  }

  /** An image as the place of a result. */
  physicalLocation(image: string) {
    return { physicalLocation: { artifactLocation: this.location(image), region: REGION } }
  }
}
