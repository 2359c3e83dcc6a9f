/**
 * References: addresses of images that lie on other machines, written where a path may be.
 *
 *     https://host/path   http://host/path   s3://bucket/key   registry:host/name:tag   glance:ID   nbd://host:port/export
 */

export type Scheme = 'https' | 'http' | 's3' | 'registry' | 'glance' | 'nbd'

const SCHEME = /^(?:(https?|s3|nbd):\/\/|(registry|glance):)/i

/** The scheme of a reference; undefined for a path. */
export function schemeOf(text: string): Scheme | undefined {
  const [, hierarchical, opaque] = SCHEME.exec(text) ?? []
  return (hierarchical ?? opaque)?.toLowerCase() as Scheme | undefined
}

export const isReference = (text: string): boolean => schemeOf(text) !== undefined

/** Names of parameters whose values open a door: signatures of S3, Azure, Google and Swift, tokens, passwords. */
const SECRET =
  /^x-(?:amz|goog|ms|oss|cos)-|sign|^sig$|token|secret|passw|^pwd$|auth|credential|session|api-?key|^key$|key-?(?:id|pair)|access-?(?:id|key)|policy|^se$|^sp$|^st$|^sv$|^sr$|^spr$|^ske|^sks|^skt|^skv|^skoid|^sktid|^expires$|temp_url/i

/** Whether a URL has parts that let anybody in who sees it: a password, or a signature among its parameters. */
export function carriesSecret(text: string): boolean {
  const url = parseUrl(text)
  if (url === undefined) return false
  if (url.password !== '' || url.username !== '') return true
  return [...url.searchParams.keys()].some(name => SECRET.test(name))
}

function parseUrl(text: string): URL | undefined {
  const scheme = schemeOf(text)
  if (scheme === undefined || scheme === 'registry' || scheme === 'glance') return undefined
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/**
 * A reference as it may be shown and stored: without a user, a password and a fragment. Of a URL's parameters those
 * that may be secret are left out, and the values of the others are replaced by 12 digits of their digest, which
 * tells them apart.
 */
export function publicReference(text: string, digest: (value: string) => string): string {
  const url = parseUrl(text)
  if (url === undefined) return text
  if (url.username === '' && url.password === '' && url.hash === '' && url.search === '') return text
  url.username = ''
  url.password = ''
  url.hash = ''
  const kept = [...url.searchParams].filter(([name]) => !SECRET.test(name))
  url.search = kept
    .map(([name, value]) =>
      value === '' ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${digest(value)}`,
    )
    .join('&')
  return url.href
}
