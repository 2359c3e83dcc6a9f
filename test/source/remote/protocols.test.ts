/** Each protocol against a server of its own, read through the same interface as files. */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { AwsV4Signer } from 'aws4fetch'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { DEFAULT_REMOTE } from '../../../src/source/remote/options.ts'
import { listReference, openReference } from '../../../src/source/remote/protocols.ts'
import { type Fault, type ObjectServer, serveObjects } from './object-server.ts'

const OPTIONS = { ...DEFAULT_REMOTE, retries: 1, timeout: 2 }
const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 13 + (index >> 9)) & 255)

let server: ObjectServer
beforeAll(async () => {
  server = await serveObjects()
})
afterAll(() => server.close())
beforeEach(() => {
  server.objects = new Map()
  server.requests = []
  server.fault = undefined
  vi.stubEnv('HOME', '/nonexistent')
})
afterEach(() => vi.unstubAllEnvs())

async function expectBytes(reference: string): Promise<void> {
  const object = await openReference(reference, OPTIONS)
  expect(object.size).toBe(bytes.length)
  const found = await object.read(50_000, 70_000)
  expect(Buffer.compare(found, bytes.subarray(50_000, 70_000))).toBe(0)
  object.close()
}

async function listed(reference: string): Promise<string[]> {
  const found = []
  for await (const { locator } of listReference(reference, OPTIONS)) found.push(locator)
  return found
}

const json = (
  value: unknown,
  headers: Record<string, string> = {},
): ((response: Parameters<Fault>[1]) => true) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return response => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text)
    return true
  }
}

const SECRETS = { accessKeyId: 'AKID', secretAccessKey: 'SECRETKEY', sessionToken: 'TOKEN' }

/** Answers 403 where a request is not signed as it should be. */
const checked: Fault = ({ path, headers }, response) => {
  const datetime = headers['x-amz-date']
  if (typeof datetime === 'string') {
    const signer = new AwsV4Signer({
      ...SECRETS,
      url: `${server.url}${path}`,
      method: 'GET',
      service: 's3',
      region: 'eu-west-9',
      datetime,
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    })
    // The signature of another request cannot be awaited here: what is kept is compared after the test.
    signed.push(signer.authHeader().then(expected => expected === headers.authorization))
    return path.includes('list-type=2') ? list(path, response) : false
  }
  response.writeHead(403).end()
  return true
}
let signed: Promise<boolean>[] = []

function list(path: string, response: Parameters<Fault>[1]): true {
  const query = new URL(path, server.url).searchParams
  const prefix = query.get('prefix')!
  const keys = [...server.objects.keys()]
    .map(key => key.replace(/^\/pool\//, ''))
    .filter(key => key.startsWith(prefix))
  const from = Number(query.get('continuation-token') ?? 0)
  const page = keys.slice(from, from + 2)
  const isTruncated = from + 2 < keys.length
  response
    .writeHead(200)
    .end(
      `<?xml version="1.0"?><ListBucketResult>${page
        .map(
          key =>
            `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${bytes.length}</Size><ETag>&quot;x&quot;</ETag></Contents>`,
        )
        .join('')}<IsTruncated>${isTruncated}</IsTruncated>${
        isTruncated ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''
      }</ListBucketResult>`,
    )
  return true
}

function asS3(): void {
  signed = []
  vi.stubEnv('AWS_ENDPOINT_URL', server.url)
  vi.stubEnv('AWS_REGION', 'eu-west-9')
  vi.stubEnv('AWS_ACCESS_KEY_ID', SECRETS.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRETS.secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', SECRETS.sessionToken)
  server.fault = checked
}

test('s3: signs each request', async () => {
  asS3()
  server.objects.set('/pool/a b/ü+(1).img', bytes)
  await expectBytes('s3://pool/a b/ü+(1).img')
  expect(signed.length).toBe(2)
  expect(await Promise.all(signed)).toEqual([true, true])
})

test('s3: lists what is below a prefix, page by page', async () => {
  asS3()
  const keys = ['disks/1.img', 'disks/2.img', 'disks/a b.img', 'disks/folder/', 'disks/z.img']
  for (const key of [...keys, 'other.img']) server.objects.set(`/pool/${key}`, bytes)
  const found = keys.filter(key => !key.endsWith('/')).map(key => `s3://pool/${key}`)
  expect(await listed('s3://pool/disks/')).toEqual(found)
  expect(await listed('s3://pool/disks')).toEqual(found)
  expect(await listed('s3://pool/other.img')).toEqual(['s3://pool/other.img'])
  expect((await Promise.all(signed)).every(Boolean)).toBe(true)
  await expect(listed('s3://pool/none/')).rejects.toMatchObject({ problem: { code: 'vanished' } })
})

test('s3: says what is wrong with a list or with credentials', async () => {
  asS3()
  vi.stubEnv('AWS_ACCESS_KEY_ID', '')
  await expect(listed('s3://pool/')).rejects.toMatchObject({ problem: { code: 'remote-denied' } })
  server.fault = (_, response) => json('<html>')(response)
  await expect(listed('s3://pool/')).rejects.toMatchObject({ problem: { code: 'remote-invalid' } })
  await expect(openReference('s3://', OPTIONS)).rejects.toMatchObject({
    problem: { code: 'remote-reference' },
  })
})

const digestOf = (data: Uint8Array | string) => `sha256:${createHash('sha256').update(data).digest('hex')}`

test('registry: fetches a token, reads manifests by their digests and blobs by ranges', async () => {
  const layer = digestOf(bytes)
  const manifest = JSON.stringify({ schemaVersion: 2, layers: [{ digest: layer, size: bytes.length }] })
  const index = JSON.stringify({
    schemaVersion: 2,
    manifests: [
      { digest: digestOf(manifest), platform: { os: 'linux', architecture: 'amd64' } },
      { digest: digestOf('arm'), platform: { os: 'linux', architecture: 'arm64' } },
    ],
  })
  server.objects.set(`/v2/team/app/blobs/${layer}`, bytes)
  server.fault = ({ path, headers }, response) => {
    if (path.startsWith('/token?')) return json({ token: 'GIVEN' })(response)
    if (headers.authorization !== 'Bearer GIVEN') {
      const challenge = `Bearer realm="${server.url}/token",service="here",scope="repository:team/app:pull"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
      return true
    }
    if (path.endsWith('/manifests/v1')) return json(index)(response)
    if (path.endsWith(`/manifests/${digestOf(manifest)}`)) return json(manifest)(response)
    return false
  }
  const object = await openReference(`registry:${server.host}/team/app:v1`, OPTIONS)
  const text = new TextDecoder().decode(await object.read(0, object.size))
  expect(JSON.parse(text).manifests).toHaveLength(1)
  const path = (digest: string) => `blobs/${digest.replace(':', '/')}`
  expect((await object.beside!(path(digestOf(manifest)))).size).toBe(manifest.length)
  const blob = await object.beside!(path(layer))
  expect(Buffer.compare(await blob.read(50_000, 70_000), bytes.subarray(50_000, 70_000))).toBe(0)
  await expect(object.beside!('../../etc/shadow')).rejects.toMatchObject({ problem: { code: 'vanished' } })
  // A manifest of another digest than was asked for is another manifest.
  server.fault = (_, response) => json(`${manifest} `)(response)
  await expect(
    openReference(`registry:${server.host}/team/app@${digestOf(manifest)}`, OPTIONS),
  ).rejects.toMatchObject({ problem: { code: 'remote-invalid' } })
})

test('glance: logs in, finds the image service and reads images', async () => {
  vi.stubEnv('OS_AUTH_URL', `${server.url}/identity/v3`)
  vi.stubEnv('OS_USERNAME', 'me')
  vi.stubEnv('OS_PASSWORD', 'SECRET')
  vi.stubEnv('OS_PROJECT_NAME', 'team')
  server.objects.set('/image/v2/images/abc-1/file', bytes)
  server.etag = () => undefined
  server.fault = ({ path, headers }, response) => {
    if (path === '/identity/v3/auth/tokens') {
      const endpoints = [{ interface: 'public', region: 'one', url: `${server.url}/image/` }]
      return json(
        { token: { catalog: [{ type: 'image', endpoints }] } },
        { 'x-subject-token': 'GIVEN' },
      )(response)
    }
    if (headers['x-auth-token'] !== 'GIVEN') {
      response.writeHead(401).end()
      return true
    }
    const image = { id: 'abc-1', status: 'active', size: bytes.length, os_hash_value: 'ffff' }
    if (path.endsWith('/abc-1')) return json(image)(response)
    if (path.endsWith('/abc-2')) return json({ ...image, status: 'queued' })(response)
    if (path.includes('marker=')) return json({ images: [{ ...image, id: 'abc-3' }] })(response)
    if (path.includes('/images?')) return json({ images: [image], next: '/v2/images?marker=abc-1' })(response)
    return false
  }
  await expectBytes('glance:abc-1')
  expect(await listed('glance:')).toEqual(['glance:abc-1', 'glance:abc-3'])
  await expect(openReference('glance:abc-2', OPTIONS)).rejects.toMatchObject({
    problem: { code: 'vanished' },
  })
})

/** A server of one export, as the protocol's document has it; `answers` how many reads before it hangs up. */
async function serveNbd(
  answers = Number.POSITIVE_INFINITY,
): Promise<{ server: Server; port: number; commands: number[] }> {
  const commands: number[] = []
  let left = answers
  const server = createServer(socket => {
    let buffer = Buffer.alloc(0)
    let state: 'flags' | 'options' | 'requests' = 'flags'
    const greeting = Buffer.alloc(18)
    greeting.write('NBDMAGICIHAVEOPT')
    greeting.writeUInt16BE(3, 16)
    socket.write(greeting)
    socket.on('error', () => {})
    socket.on('data', chunk => {
      buffer = Buffer.concat([buffer, chunk])
      for (;;) {
        const before = buffer.length
        if (state === 'flags' && before >= 4) {
          buffer = buffer.subarray(4)
          state = 'options'
        } else if (state === 'options' && before >= 16 && before >= 16 + buffer.readUInt32BE(12)) {
          const name = buffer.subarray(20, 20 + buffer.readUInt32BE(16)).toString()
          buffer = buffer.subarray(16 + buffer.readUInt32BE(12))
          const reply = (type: number, data: Buffer) => {
            const header = Buffer.alloc(20)
            header.writeBigUInt64BE(0x3e889045565a9n)
            header.writeUInt32BE(7, 8)
            header.writeUInt32BE(type, 12)
            header.writeUInt32BE(data.length, 16)
            socket.write(Buffer.concat([header, data]))
          }
          if (name !== 'disk') {
            reply(2 ** 31 + 6, Buffer.alloc(0))
            continue
          }
          const info = Buffer.alloc(12)
          info.writeBigUInt64BE(BigInt(bytes.length), 2)
          reply(3, info)
          reply(1, Buffer.alloc(0))
          state = 'requests'
        } else if (state === 'requests' && before >= 28) {
          const command = buffer.readUInt16BE(6)
          commands.push(command)
          if (left-- === 0) return void socket.destroy()
          const [from, length] = [Number(buffer.readBigUInt64BE(16)), buffer.readUInt32BE(24)]
          const header = Buffer.alloc(16)
          header.writeUInt32BE(0x67446698)
          buffer.copy(header, 8, 8, 16)
          buffer = buffer.subarray(28)
          if (command === 0) socket.write(Buffer.concat([header, bytes.subarray(from, from + length)]))
        }
        if (buffer.length === before) return
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, commands }
}

test('nbd: reads an export and sends nothing but READ', async () => {
  const { server: nbd, port, commands } = await serveNbd()
  try {
    await expectBytes(`nbd://127.0.0.1:${port}/disk`)
    await expect(openReference(`nbd://127.0.0.1:${port}/other`, OPTIONS)).rejects.toMatchObject({
      problem: { code: 'vanished' },
    })
    await expect.poll(() => commands).toEqual([0, 2])
  } finally {
    nbd.close()
  }
})

test('nbd: connects again where the connection breaks', async () => {
  const { server: nbd, port } = await serveNbd(0)
  try {
    await expectBytes(`nbd://127.0.0.1:${port}/disk`)
  } finally {
    nbd.close()
  }
})

test('nbd: what does not speak it is told', async () => {
  await expect(openReference(`nbd://${server.host}/disk`, { ...OPTIONS, retries: 0 })).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/^remote-(?:invalid|unavailable)$/) },
  })
})
