/**
 * `glance:ID` and `glance:` for all images of OpenStack's image service (API v2). Who asks is in the environment, as
 * for OpenStack's own command: OS_TOKEN with OS_IMAGE_ENDPOINT, or OS_AUTH_URL and a user or an application credential.
 */
import { fetchWhole, openHttp } from './http-object.ts'
import { type JsonObject, objectIn, objectsOf, parseObject } from './json.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError } from './remote-error.ts'
import type { Listed, RemoteObject } from './remote-object.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Session {
  /** The URL of the image service, without its version. */
  endpoint: string
  token: string
  /** When it was made, in ms. */
  made: number
}

/** Tokens hold for an hour as Keystone comes; a new one is asked for earlier. */
const TOKEN_AGE = 20 * 60_000

let kept: Session | undefined

const missing = (what: string) =>
  remoteError('remote-reference', `Cannot ask for images: the environment does not say ${what}`)

async function session(options: RemoteOptions, env: Environment = process.env): Promise<Session> {
  if (kept !== undefined && Date.now() - kept.made < TOKEN_AGE) return kept
  const endpoint = env.OS_IMAGE_ENDPOINT || env.OS_IMAGE_ENDPOINT_OVERRIDE
  if (env.OS_TOKEN) {
    if (!endpoint) throw missing('OS_IMAGE_ENDPOINT, the URL of the image service')
    return { endpoint: withoutVersion(endpoint), token: env.OS_TOKEN, made: Date.now() }
  }
  kept = await logIn(env, options)
  if (endpoint) kept.endpoint = withoutVersion(endpoint)
  return kept
}

const withoutVersion = (url: string): string => url.replace(/\/+$/, '').replace(/\/v2$/, '')

/** Asks Keystone (v3) for a token and the list of services. */
async function logIn(env: Environment, options: RemoteOptions): Promise<Session> {
  if (!env.OS_AUTH_URL) throw missing('OS_AUTH_URL')
  const base = env.OS_AUTH_URL.replace(/\/+$/, '').replace(/\/v3$/, '')
  const { bytes, answer } = await fetchWhole(
    'log in to OpenStack',
    {
      url: urlOf(`${base}/v3/auth/tokens`),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: authOf(env) }),
    },
    options,
  )
  const token = answer.headers['x-subject-token']
  if (typeof token !== 'string')
    throw remoteError('remote-invalid', 'Cannot log in to OpenStack: there is no token')
  const { catalog } = objectIn(parseJson(bytes).token)
  return { token, endpoint: withoutVersion(endpointOf(catalog, env)), made: Date.now() }
}

function authOf(env: Environment): object {
  if (env.OS_APPLICATION_CREDENTIAL_ID) {
    if (!env.OS_APPLICATION_CREDENTIAL_SECRET) throw missing('OS_APPLICATION_CREDENTIAL_SECRET')
    const application_credential = {
      id: env.OS_APPLICATION_CREDENTIAL_ID,
      secret: env.OS_APPLICATION_CREDENTIAL_SECRET,
    }
    return { identity: { methods: ['application_credential'], application_credential } }
  }
  if (!env.OS_USERNAME || !env.OS_PASSWORD) throw missing('OS_USERNAME and OS_PASSWORD')
  const domain = domainOf(env.OS_USER_DOMAIN_ID, env.OS_USER_DOMAIN_NAME)
  const user = { name: env.OS_USERNAME, password: env.OS_PASSWORD, domain }
  const project = env.OS_PROJECT_ID
    ? { id: env.OS_PROJECT_ID }
    : env.OS_PROJECT_NAME
      ? { name: env.OS_PROJECT_NAME, domain: domainOf(env.OS_PROJECT_DOMAIN_ID, env.OS_PROJECT_DOMAIN_NAME) }
      : undefined
  const identity = { methods: ['password'], password: { user } }
  return project === undefined ? { identity } : { identity, scope: { project } }
}

const domainOf = (id: string | undefined, name: string | undefined): object =>
  id ? { id } : { name: name || 'Default' }

function endpointOf(catalog: unknown, env: Environment): string {
  const wanted = (env.OS_INTERFACE || 'public').replace(/URL$/, '')
  const endpoints = objectsOf(catalog)
    .filter(({ type }) => type === 'image')
    .flatMap(service => objectsOf(service.endpoints))
  const found = endpoints.find(
    ({ interface: kind, region }) =>
      kind === wanted && (!env.OS_REGION_NAME || region === env.OS_REGION_NAME),
  )
  if (typeof found?.url !== 'string') {
    throw remoteError(
      'remote-reference',
      'Cannot ask for images: OpenStack names no image service for this region and interface',
    )
  }
  return found.url
}

function urlOf(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw remoteError('remote-reference', 'Cannot ask for images: the URL in the environment is none')
  }
}

const parseJson = (bytes: Uint8Array) => parseObject(bytes, 'ask for images')

/** The data of an image never changes: its digest is its version. */
const versionOf = ({ os_hash_value: hash, checksum }: JsonObject): string | undefined =>
  typeof hash === 'string' ? hash : typeof checksum === 'string' ? checksum : undefined

const ID = /^[0-9a-z][0-9a-z-]{0,63}$/i

export async function openGlance(reference: string, options: RemoteOptions): Promise<RemoteObject> {
  const id = reference.replace(/^glance:(?:\/\/)?/i, '')
  if (!ID.test(id)) throw remoteError('remote-reference', 'Cannot open the reference: expected glance:ID')
  const { endpoint } = await session(options)
  const authorize = async () => ({ 'x-auth-token': (await session(options)).token })
  const url = urlOf(`${endpoint}/v2/images/${id}`)
  const { bytes } = await fetchWhole(`open the image ${id}`, { url, authorize }, options, 2 ** 20)
  const image = parseJson(bytes)
  if (image.status !== 'active') {
    throw remoteError(
      'vanished',
      `Cannot open the image ${id}: its status is ${JSON.stringify(image.status)}, expected "active"`,
    )
  }
  const version = versionOf(image)
  return await openHttp(
    { url: urlOf(`${endpoint}/v2/images/${id}/file`), authorize, ...(version !== undefined && { version }) },
    options,
  )
}

/** All images that are there; the one of the reference where it names one. */
export async function* listGlance(reference: string, options: RemoteOptions): AsyncGenerator<Listed> {
  if (!/^glance:(?:\/\/)?$/i.test(reference)) {
    yield { locator: reference }
    return
  }
  const { endpoint } = await session(options)
  const authorize = async () => ({ 'x-auth-token': (await session(options)).token })
  const seen = new Set<string>()
  for (let next = '/v2/images?limit=100&status=active&sort=id:asc'; ; ) {
    if (seen.has(next))
      throw remoteError('remote-invalid', 'Cannot list the images: their list goes round in a circle')
    seen.add(next)
    const { bytes } = await fetchWhole('list the images', { url: urlOf(endpoint + next), authorize }, options)
    const page = parseJson(bytes)
    for (const image of objectsOf(page.images)) {
      const version = versionOf(image)
      if (typeof image.id !== 'string' || !ID.test(image.id)) continue
      yield {
        locator: `glance:${image.id}`,
        isListed: true,
        ...(typeof image.size === 'number' && version !== undefined && { size: image.size, version }),
      }
    }
    if (typeof page.next !== 'string' || !page.next.startsWith('/')) return
    next = page.next
  }
}
