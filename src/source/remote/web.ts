/** `https://` and `http://`: a URL as it is, signed or not. A user and a password in it go to its host alone. */
import { openHttp } from './http-object.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError } from './remote-error.ts'
import type { RemoteObject } from './remote-object.ts'

export async function openWeb(reference: string, options: RemoteOptions): Promise<RemoteObject> {
  const url = parseUrl(reference)
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.hash = ''
  const authorize =
    username === '' && password === ''
      ? undefined
      : async () => ({ authorization: basic(unescaped(username), unescaped(password)) })
  return await openAt(url)

  async function openAt(at: URL): Promise<RemoteObject> {
    const object = await openHttp({ url: at, ...(authorize !== undefined && { authorize }) }, options)
    object.beside = name => openAt(besideUrl(at, name))
    return object
  }
}

/** The value of an Authorization header (RFC 7617). */
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** What a name leads to from the folder of a URL on; the caller has made sure that it stays below. */
export function besideUrl(url: URL, name: string): URL {
  const beside = new URL(url)
  beside.search = ''
  const folder = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1)
  beside.pathname = folder + name.split('/').map(encodeURIComponent).join('/')
  return beside
}

/** Throws a SourceError. */
export function parseUrl(reference: string): URL {
  try {
    return new URL(reference)
  } catch {
    throw remoteError('remote-reference', 'Cannot open the reference: it is no URL')
  }
}

/** A part of a URL without its escapes. Throws a SourceError where they are none. */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw remoteError('remote-reference', 'Cannot open the reference: a % in it begins no byte of UTF-8')
  }
}
