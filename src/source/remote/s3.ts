/**
 * `s3://bucket/key`, and `s3://bucket/prefix/` for all objects below a prefix. Works with what speaks S3's protocol:
 * AWS_ENDPOINT_URL names it.
 */
import { AwsV4Signer } from 'aws4fetch'
import { type AwsSettings, awsSettings } from './aws-credentials.ts'
import { fetchWhole, type HttpSource, openHttp } from './http-object.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError } from './remote-error.ts'
import type { Listed, RemoteObject } from './remote-object.ts'
import { SourceError } from '../source.ts'

interface Place {
  bucket: string
  key: string
}

/** Throws a SourceError where the reference names no bucket. */
function placeOf(reference: string): Place {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})(?:\/(.*))?$/is.exec(reference) ?? []
  if (bucket === undefined) {
    throw remoteError('remote-reference', 'Cannot open the reference: expected s3://bucket/key')
  }
  return { bucket, key }
}

/** As S3 has keys in URLs: what RFC 3986 calls unreserved stays. */
const escapeKey = (key: string): string =>
  key
    .split('/')
    .map(part =>
      encodeURIComponent(part).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/')

function urlOf({ bucket, key }: Place, { endpoint, region }: AwsSettings): URL {
  const path = escapeKey(key)
  try {
    if (endpoint !== undefined) return new URL(`${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`)
  } catch {
    throw remoteError('remote-reference', 'Cannot open the reference: AWS_ENDPOINT_URL is no URL')
  }
  // A certificate of AWS has no names with further dots.
  return bucket.includes('.')
    ? new URL(`https://s3.${region}.amazonaws.com/${bucket}/${path}`)
    : new URL(`https://${bucket}.s3.${region}.amazonaws.com/${path}`)
}

/** Signs each attempt by itself: a signature holds for 15 minutes. */
function signing({ credentials, region }: AwsSettings): HttpSource['authorize'] {
  if (credentials === undefined) return undefined
  return async url => {
    const signer = new AwsV4Signer({
      ...credentials,
      url: url.href,
      method: 'GET',
      service: 's3',
      region,
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    })
    const { headers } = await signer.sign()
    return Object.fromEntries([...headers].filter(([name]) => name !== 'host'))
  }
}

export async function openS3(reference: string, options: RemoteOptions): Promise<RemoteObject> {
  const settings = awsSettings()
  const authorize = signing(settings)
  return await openPlace(placeOf(reference))

  async function openPlace({ bucket, key }: Place): Promise<RemoteObject> {
    const url = urlOf({ bucket, key }, settings)
    const object = await openHttp({ url, ...(authorize !== undefined && { authorize }) }, options)
    const folder = key.slice(0, key.lastIndexOf('/') + 1)
    object.beside = name => openPlace({ bucket, key: folder + name })
    return object
  }
}

/**
 * The objects that a reference stands for, in the order of their keys: below a prefix where it ends with a slash or
 * names a bucket alone, or where there is no object of that key. Throws a SourceError.
 */
export async function* listS3(reference: string, options: RemoteOptions): AsyncGenerator<Listed> {
  const place = placeOf(reference)
  if (place.key !== '' && !place.key.endsWith('/') && !(await isPrefix(reference, options))) {
    yield { locator: reference }
    return
  }
  const settings = awsSettings()
  const { bucket, key } = place
  const prefix = key === '' || key.endsWith('/') ? key : `${key}/`
  let isEmpty = true
  for await (const listed of listBelow({ bucket, key: prefix }, settings, options)) {
    isEmpty = false
    yield listed
  }
  if (isEmpty)
    throw remoteError('vanished', 'Cannot list the objects: there is none of that key or below that prefix')
}

/** Whether there is no object of that key: what lies below it is meant then. */
async function isPrefix(reference: string, options: RemoteOptions): Promise<boolean> {
  try {
    const object = await openS3(reference, { ...options, head: 1 })
    object.close()
    return false
  } catch (error) {
    // What else is wrong, whoever opens it will say.
    return error instanceof SourceError && error.problem.code === 'vanished'
  }
}

async function* listBelow(
  { bucket, key }: Place,
  settings: AwsSettings,
  options: RemoteOptions,
): AsyncGenerator<Listed> {
  const authorize = signing(settings)
  let token: string | undefined
  do {
    const url = urlOf({ bucket, key: '' }, settings)
    url.searchParams.set('list-type', '2')
    url.searchParams.set('encoding-type', 'url')
    url.searchParams.set('prefix', key)
    if (token !== undefined) url.searchParams.set('continuation-token', token)
    const { bytes } = await fetchWhole(
      `list the bucket ${bucket}`,
      { url, ...(authorize !== undefined && { authorize }) },
      options,
    )
    const page = await parsePage(new TextDecoder().decode(bytes), bucket)
    yield* page.objects
    if (page.next !== undefined && page.next === token) {
      throw remoteError('remote-invalid', `Cannot list the bucket ${bucket}: its list goes round in a circle`)
    }
    token = page.next
  } while (token !== undefined)
}

interface Page {
  objects: Listed[]
  next?: string
}

/** Reads an answer of ListObjectsV2. Throws a SourceError where it is none. */
async function parsePage(text: string, bucket: string): Promise<Page> {
  const { SaxesParser } = await import('saxes')
  const invalid = (why: string) => remoteError('remote-invalid', `Cannot list the bucket ${bucket}: ${why}`)
  const page: Page = { objects: [] }
  const path: string[] = []
  let value = ''
  let object: Record<string, string> = {}
  let isTruncated = false
  let isList = false
  const parser = new SaxesParser()
  parser.on('opentag', ({ name }) => {
    path.push(name)
    value = ''
    if (name === 'ListBucketResult') isList = true
    if (name === 'Contents') object = {}
  })
  parser.on('text', text => {
    value += text
  })
  parser.on('closetag', ({ name }) => {
    path.pop()
    if (path.at(-1) === 'Contents') object[name] = value
    if (name === 'IsTruncated') isTruncated = value === 'true'
    if (name === 'NextContinuationToken') page.next = value
    if (name === 'Contents') page.objects.push(...listedOf(object, bucket))
  })
  parser.on('error', error => {
    throw error
  })
  try {
    parser.write(text).close()
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw invalid('its list cannot be parsed')
  }
  if (!isList) throw invalid('the answer is no list')
  if (!isTruncated) delete page.next
  return page
}

/** An object of a list; nothing for the empty ones that stand for folders. */
function listedOf({ Key, Size, ETag }: Record<string, string>, bucket: string): Listed[] {
  if (Key === undefined || Size === undefined || !/^\d{1,16}$/.test(Size)) return []
  const key = decodeURIComponent(Key.replaceAll('+', ' '))
  if (key.endsWith('/')) return []
  return [
    {
      locator: `s3://${bucket}/${key}`,
      size: Number(Size),
      isListed: true,
      ...(ETag !== undefined && /^"[^"]*"$/.test(ETag) && { version: ETag }),
    },
  ]
}
