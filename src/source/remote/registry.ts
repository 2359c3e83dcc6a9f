/**
 * `registry:[host[:port]/]name[:tag|@digest]`: container images in a registry. An image is opened as the index of a
 * layout, whose manifests and layers are `blobs/` beside it: what merges layers reads it as it reads a directory.
 * Source: OCI distribution-spec ("Pulling manifests", "Pulling blobs"), and Docker's token authentication.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fetchWhole, type HttpSource, openHttp } from './http-object.ts'
import { type HttpAnswer, readBody, send, statusError } from './http-request.ts'
import { type JsonObject, objectIn, objectsOf, parseObject } from './json.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError } from './remote-error.ts'
import type { RemoteObject } from './remote-object.ts'
import { withRetries } from './retry.ts'

const DOCKER_HUB = 'docker.io'
const DOCKER_HUB_HOST = 'registry-1.docker.io'
/** How Docker's own configuration calls Docker Hub. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
const MAX_MANIFEST = 4 * 2 ** 20
/** x86 alone runs Xen's guests here: images for other machines are not asked for. */
const MACHINES = new Set(['amd64', '386', 'unknown', ''])

/** OCI distribution-spec, "Pulling manifests". */
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const NAME = new RegExp(`^${PART}(?:/${PART})*$`)

interface ImageName {
  host: string
  name: string
  /** A tag, or a digest. */
  reference: string
}

/** Throws a SourceError where the reference names no image. */
export function imageName(text: string): ImageName {
  const [, path = '', tag, digest] =
    /^registry:(?:\/\/)?([^@\s]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha(?:256|512):[0-9a-f]{64,128}))?$/i.exec(
      text,
    ) ?? []
  const [first = '', ...rest] = path.split('/')
  // As Docker tells a host from a name: by a dot, a port, or as this machine.
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const host = hasHost ? first : DOCKER_HUB
  const names = hasHost ? rest : [first, ...rest]
  if (host === DOCKER_HUB && names.length === 1) names.unshift('library')
  const name = names.join('/')
  if (!NAME.test(name)) {
    throw remoteError('remote-reference', 'Cannot open the reference: expected registry:host/name:tag')
  }
  return { host, name, reference: digest ?? tag ?? 'latest' }
}

/** What Docker, Podman and skopeo were told by `login`; nothing where a program keeps it. */
function loginOf(host: string): string | undefined {
  const folder = process.env.DOCKER_CONFIG || join(homedir(), '.docker')
  const file = process.env.REGISTRY_AUTH_FILE || join(folder, 'config.json')
  try {
    const { auths = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      auths?: Record<string, { auth?: string }>
    }
    const auth = (
      auths[host] ??
      auths[`https://${host}`] ??
      (host === DOCKER_HUB ? auths[DOCKER_HUB_KEY] : undefined)
    )?.auth
    return auth === undefined ? undefined : `Basic ${auth}`
  } catch {
    return undefined
  }
}

/** Registries on this machine are without certificates, as Docker takes it. */
const isPlain = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host)

/** A registry and one repository in it, with the token that it gave. */
class Repository {
  readonly #base: string
  readonly #host: string
  readonly #name: string
  readonly #options: RemoteOptions
  #authorization: string | undefined

  constructor({ host, name }: ImageName, options: RemoteOptions) {
    const place = host === DOCKER_HUB ? DOCKER_HUB_HOST : host
    this.#host = host
    this.#name = name
    this.#options = options
    this.#base = `${isPlain(host) ? 'http' : 'https'}://${place}/v2/${name}`
  }

  /** A manifest or an index, whole. Throws a SourceError: where its digest was asked for and is another, too. */
  async manifest(reference: string): Promise<Manifest> {
    const { bytes, answer } = await withRetries(
      `open the image of ${this.#host}`,
      this.#options.retries,
      async () => {
        const answer = await this.#get(`${this.#base}/manifests/${reference}`)
        return { bytes: await readBody(answer, MAX_MANIFEST), answer }
      },
    )
    const digest = digestOf(bytes, reference)
    if (reference.includes(':') && digest !== reference) {
      throw remoteError(
        'remote-invalid',
        `Cannot open the image of ${this.#host}: its manifest has another digest`,
      )
    }
    return { bytes, digest, mediaType: answer.headers['content-type']?.replace(/;.*$/, '') ?? '' }
  }

  /** Opens a blob by its ranges. */
  async blob(digest: string): Promise<RemoteObject> {
    const url = new URL(`${this.#base}/blobs/${digest}`)
    const source: HttpSource = { url, authorize: async () => this.#headers(), version: digest }
    return await openHttp(source, this.#options)
  }

  #headers(): Record<string, string> {
    return this.#authorization === undefined ? {} : { authorization: this.#authorization }
  }

  /** Gets something, with a token where the registry wants one. */
  async #get(url: string): Promise<HttpAnswer> {
    for (let isSecond = false; ; isSecond = true) {
      const request = {
        url: new URL(url),
        headers: { accept: ACCEPT },
        authorize: async () => this.#headers(),
      }
      const answer = await send(request, this.#options)
      if (answer.status === 200) return answer
      answer.discard()
      const challenge = answer.headers['www-authenticate']
      if (answer.status !== 401 || challenge === undefined || isSecond) {
        throw statusError('open the image', answer.status, answer.url.host)
      }
      this.#authorization = await this.#answerTo(challenge)
    }
  }

  /** What a registry wants to see: who logged in, or a token that another server gives. */
  async #answerTo(challenge: string): Promise<string> {
    const login = loginOf(this.#host)
    const denied = (why: string) =>
      remoteError('remote-denied', `Cannot open the image of ${this.#host}: ${why}`)
    if (/^basic\b/i.test(challenge)) {
      if (login === undefined)
        throw denied('it wants a login, and there is none in the configuration of Docker')
      return login
    }
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, name, value]) => [name!.toLowerCase(), value!]),
    )
    let realm: URL
    try {
      realm = new URL(parameters.realm ?? '')
    } catch {
      throw denied('it wants a login of a kind that is not known here')
    }
    if (realm.protocol !== 'https:' && !isPlain(realm.host))
      throw denied('its tokens come without encryption')
    if (parameters.service !== undefined) realm.searchParams.set('service', parameters.service)
    realm.searchParams.set('scope', parameters.scope ?? `repository:${this.#name}:pull`)
    const request = {
      url: realm,
      ...(login !== undefined && { authorize: async () => ({ authorization: login }) }),
    }
    const { bytes } = await fetchWhole(`get a token for ${this.#host}`, request, this.#options)
    const { token, access_token } = parseJson(bytes, this.#host)
    const given = token ?? access_token
    if (typeof given !== 'string') throw denied('the token that it names is none')
    return `Bearer ${given}`
  }
}

interface Manifest {
  bytes: Uint8Array
  digest: string
  mediaType: string
}

const digestOf = (bytes: Uint8Array, like: string): string => {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256'
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

const parseJson = (bytes: Uint8Array, host: string) => parseObject(bytes, `open the image of ${host}`)

export async function openRegistry(reference: string, options: RemoteOptions): Promise<RemoteObject> {
  const image = imageName(reference)
  const repository = new Repository(image, options)
  const root = await repository.manifest(image.reference)
  /** Manifests have an address of their own in a registry, and are blobs in a layout. */
  const manifests = new Map<string, Manifest>([[root.digest, root]])
  const listed = new Set<string>()
  const wanted = forX86(noteListed(root))
  const index = {
    schemaVersion: 2,
    manifests: wanted ?? [{ mediaType: root.mediaType, digest: root.digest, size: root.bytes.length }],
  }
  const object = inMemory(new TextEncoder().encode(JSON.stringify(index)), root.digest)
  object.beside = openBeside
  return object

  /** The descriptors of an index; nothing for the manifest of an image. */
  function noteListed({ bytes }: Manifest): JsonObject[] | undefined {
    const { manifests } = parseJson(bytes, image.host)
    if (!Array.isArray(manifests)) return undefined
    const found = objectsOf(manifests)
    for (const { digest } of found) if (typeof digest === 'string') listed.add(digest)
    return found
  }

  async function openBeside(name: string): Promise<RemoteObject> {
    if (name === 'oci-layout')
      return inMemory(new TextEncoder().encode('{"imageLayoutVersion":"1.0.0"}'), 'layout')
    const [, algorithm, digits] = /^blobs\/(sha256|sha512)\/([0-9a-f]{64,128})$/.exec(name) ?? []
    if (algorithm === undefined)
      throw remoteError('vanished', 'Cannot open the file: a registry has blobs alone')
    const digest = `${algorithm}:${digits}`
    if (!manifests.has(digest) && !listed.has(digest)) return await repository.blob(digest)
    const manifest = manifests.get(digest) ?? (await repository.manifest(digest))
    manifests.set(digest, manifest)
    noteListed(manifest)
    return inMemory(manifest.bytes, digest)
  }
}

/** Those of an index that are for x86, or all where none says so. */
function forX86(descriptors: JsonObject[] | undefined): JsonObject[] | undefined {
  const fit = descriptors?.filter(({ platform }) => {
    const machine = objectIn(platform).architecture
    return machine === undefined || (typeof machine === 'string' && MACHINES.has(machine))
  })
  return fit?.length === 0 ? descriptors : fit
}

/** Bytes that are here already. */
const inMemory = (bytes: Uint8Array, version: string): RemoteObject => ({
  size: bytes.length,
  version,
  isStream: false,
  head: bytes.subarray(0, 64 * 1024),
  read: async (start, end) => bytes.subarray(start, end),
  close() {},
})
