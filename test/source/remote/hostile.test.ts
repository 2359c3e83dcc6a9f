/** Servers that answer anything: what comes is an object, a list or a coded problem, and never another error. */
import fc from 'fast-check'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { forbidden } from '../../../src/source/remote/address-guard.ts'
import { DEFAULT_REMOTE } from '../../../src/source/remote/options.ts'
import { listReference, openReference } from '../../../src/source/remote/protocols.ts'
import { isReference } from '../../../src/source/remote/reference.ts'
import { SourceError } from '../../../src/source/source.ts'
import { type ObjectServer, serveObjects } from './object-server.ts'

const OPTIONS = { ...DEFAULT_REMOTE, retries: 0, timeout: 2 }

/** What an action gives; undefined where it fails as it should. */
async function orProblem<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError)
    const { problem } = error as SourceError
    expect(problem.code).toMatch(/^(?:remote-[a-z-]+|vanished|changed)$/)
    expect(problem.message).toMatch(/^[A-Z]/)
    return undefined
  }
}

describe('over HTTP', () => {
  let server: ObjectServer
  let answer = ''
  beforeAll(async () => {
    server = await serveObjects()
    server.fault = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
      return true
    }
  })
  afterAll(() => server.close())
  beforeEach(() => {
    vi.stubEnv('HOME', '/nonexistent')
    vi.stubEnv('AWS_ENDPOINT_URL', server.url)
    vi.stubEnv('AWS_REGION', 'eu-west-9')
  })
  afterEach(() => vi.unstubAllEnvs())

  async function listed(): Promise<string[]> {
    const found = []
    for await (const { locator } of listReference('s3://pool/disks/', OPTIONS)) found.push(locator)
    return found
  }

  const word = fc.constantFrom('Contents', 'Key', 'Size', 'ETag', 'IsTruncated', 'NextContinuationToken', 'x')
  const text = fc.oneof(
    fc.constantFrom(
      'disks/a.img',
      'disks/%zz',
      '%',
      '9',
      '-1',
      '1e9',
      'true',
      '99999999999999999',
      '&lt;',
      '',
    ),
    fc.string({ maxLength: 12 }),
  )
  const { element } = fc.letrec<{ element: string; content: string }>(tie => ({
    content: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.array(tie('element'), { maxLength: 4 }).map(all => all.join('')),
    ),
    element: fc.tuple(word, tie('content')).map(([name, inner]) => `<${name}>${inner}</${name}>`),
  }))
  const xml = fc
    .tuple(fc.array(element, { maxLength: 4 }), fc.boolean())
    .map(([all, whole]) => `<ListBucketResult>${all.join('')}${whole ? '</ListBucketResult>' : ''}`)

  test('a list of S3 is read or refused, and goes round in no circle', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(xml, fc.string()), async page => {
        answer = page
        for (const locator of (await orProblem(listed)) ?? []) expect(locator).toMatch(/^s3:\/\/pool\//)
      }),
      { numRuns: 150 },
    )
  })

  const digest = fc.constantFrom(`sha256:${'0'.repeat(64)}`, 'sha256:x', '', 7, null)
  const descriptor = fc.oneof(
    fc.record(
      {
        digest,
        size: fc.oneof(fc.integer(), fc.constant('1')),
        mediaType: fc.oneof(fc.string(), fc.constant(null)),
        platform: fc.oneof(
          fc.record({ architecture: fc.constantFrom('amd64', 'arm64', 7, null) }),
          fc.constant(null),
        ),
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  )
  const manifest = fc.oneof(
    fc.record(
      {
        schemaVersion: fc.constantFrom(1, 2, '2'),
        manifests: fc.oneof(fc.array(descriptor, { maxLength: 3 }), fc.jsonValue()),
        layers: fc.oneof(fc.array(descriptor, { maxLength: 3 }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  )

  test('a manifest of a registry is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          manifest.map(value => JSON.stringify(value)),
          fc.string(),
        ),
        async value => {
          answer = value
          const object = await orProblem(() => openReference(`registry:${server.host}/team/app:v1`, OPTIONS))
          if (object === undefined) return
          const bytes = await object.read(0, object.size)
          expect(JSON.parse(new TextDecoder().decode(bytes))).toHaveProperty('manifests')
          await orProblem(() => object.beside!(`blobs/sha256/${'0'.repeat(64)}`))
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('over NBD', () => {
  let server: Server
  let replies: Buffer[] = []
  const sockets = new Set<Socket>()
  beforeAll(async () => {
    server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('data', () => {})
      for (const reply of replies) socket.write(reply)
      socket.end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  /** What a server says up to the first read, and in answer to it. */
  function sound(): Buffer {
    const greeting = Buffer.alloc(18)
    greeting.write('NBDMAGICIHAVEOPT')
    greeting.writeUInt16BE(3, 16)
    const option = (type: number, data: Buffer) => {
      const header = Buffer.alloc(20)
      header.writeBigUInt64BE(0x3e889045565a9n)
      header.writeUInt32BE(7, 8)
      header.writeUInt32BE(type, 12)
      header.writeUInt32BE(data.length, 16)
      return Buffer.concat([header, data])
    }
    const info = Buffer.alloc(12)
    info.writeBigUInt64BE(512n, 2)
    const read = Buffer.alloc(16)
    read.writeUInt32BE(0x67446698)
    read.writeBigUInt64BE(1n, 8)
    return Buffer.concat([greeting, option(3, info), option(1, Buffer.alloc(0)), read, Buffer.alloc(512, 7)])
  }
  const open = async () => {
    const object = await openReference(
      `nbd://127.0.0.1:${(server.address() as AddressInfo).port}/disk`,
      OPTIONS,
    )
    try {
      return { size: object.size, bytes: await object.read(0, Math.min(512, object.size)) }
    } finally {
      object.close()
    }
  }

  test('what is sound is read', async () => {
    replies = [sound()]
    expect(await open()).toEqual({ size: 512, bytes: new Uint8Array(512).fill(7) })
  })

  const edit = fc.record({
    at: fc.nat(sound().length - 1),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  })
  const pieces = fc
    .record({
      edits: fc.array(edit, { maxLength: 3 }),
      cut: fc.nat(sound().length),
      split: fc.nat(sound().length),
    })
    .map(({ edits, cut, split }) => {
      const bytes = sound()
      for (const { at, bytes: other } of edits) bytes.set(other.subarray(0, bytes.length - at), at)
      const all = bytes.subarray(0, edits.length === 0 ? cut : bytes.length)
      return [all.subarray(0, split), all.subarray(split)].filter(({ length }) => length > 0)
    })

  test('what is changed, cut or anything else is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          pieces,
          fc.uint8Array({ maxLength: 200 }).map(all => [Buffer.from(all)]),
        ),
        async all => {
          replies = all
          const read = await orProblem(open)
          if (read !== undefined) expect(read.bytes.length).toBe(Math.min(512, read.size))
        },
      ),
      { numRuns: 150 },
    )
  })
})

test('a reference is opened or refused, whatever it says', async () => {
  const part = fc.oneof(
    fc.constantFrom('%', '%zz', '..', '//', ':', '@', '[', '0', ' '),
    fc.string({ maxLength: 6 }),
  )
  const rest = fc.array(part, { maxLength: 4 }).map(parts => parts.join(''))
  const scheme = fc.constantFrom(
    'http://127.0.0.1:1/',
    'nbd://127.0.0.1:1/',
    'nbd://',
    's3://',
    'registry:',
    'glance:',
    'https://',
  )
  // No name is looked up: nothing inside this machine's network is read, and names that are not there have no address.
  const options = { ...OPTIONS, noPrivate: true, timeout: 1 }
  await fc.assert(
    fc.asyncProperty(scheme, rest, async (start, end) => {
      const reference = `${start}${start.endsWith('/') || start === 'glance:' ? '' : '127.0.0.1:1/'}${end}`
      fc.pre(isReference(reference) && !/^(?:https?|nbd):\/\/(?!127)/.test(reference))
      expect(await orProblem(() => openReference(reference, options))).toBeUndefined()
    }),
    { numRuns: 200 },
  )
})

describe('the guard of private addresses', () => {
  const octet = fc.nat(255)
  const within = (network: string, free: number) => {
    const fixed = network.split('.').map(Number)
    return fc.tuple(octet, octet, octet, octet).map(random => {
      const word = (parts: number[]) => parts.reduce((sum, part) => sum * 256 + part, 0)
      const mask = 2 ** free
      const value = Math.floor(word(fixed) / mask) * mask + (word(random) % mask)
      return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256)
    })
  }
  const inside = fc.oneof(
    within('10.0.0.0', 24),
    within('127.0.0.0', 24),
    within('172.16.0.0', 20),
    within('192.168.0.0', 16),
    within('169.254.0.0', 16),
    within('100.64.0.0', 22),
  )
  const hex = (high: number, low: number) => (high * 256 + low).toString(16)
  type Octets = number[]
  /** The ways in which an address may be written, in IPv6 too. */
  const SPELLINGS: readonly ((octets: Octets) => string)[] = [
    octets => octets.join('.'),
    octets => `::ffff:${octets.join('.')}`,
    ([a, b, c, d]) => `::ffff:${hex(a!, b!)}:${hex(c!, d!)}`,
    octets => `0:0:0:0:0:ffff:${octets.join('.')}`,
    octets => `64:ff9b::${octets.join('.')}`,
    ([a, b, c, d]) => `2002:${hex(a!, b!)}:${hex(c!, d!)}::1`,
    octets => `::ffff:${octets.join('.')}%eth0`,
  ]

  test('knows an address in every spelling', () => {
    fc.assert(
      fc.property(inside, fc.constantFrom(...SPELLINGS), (octets, spell) => {
        expect(forbidden(spell(octets), true)).toBeDefined()
      }),
    )
  })

  test('knows it in the numbers that URLs take', async () => {
    const numbers = fc.constantFrom<(octets: Octets) => string>(
      ([a, b, c, d]) => String(((a! * 256 + b!) * 256 + c!) * 256 + d!),
      ([a, b, c, d]) => `0x${(((a! * 256 + b!) * 256 + c!) * 256 + d!).toString(16)}`,
      ([a, b, c, d]) => `0${a!.toString(8)}.0${b!.toString(8)}.${c! * 256 + d!}`,
      ([a, b, c, d]) => `[::ffff:${hex(a!, b!)}:${hex(c!, d!)}]`,
    )
    await fc.assert(
      fc.asyncProperty(inside, numbers, async (octets, write) => {
        const opened = openReference(`http://${write(octets)}/x`, { ...OPTIONS, noPrivate: true })
        await expect(opened).rejects.toMatchObject({ problem: { code: 'remote-forbidden' } })
      }),
    )
  })

  test('answers for every address, and says the same of all spellings', () => {
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), fc.boolean(), (octets, noPrivate) => {
        const [plain, ...others] = SPELLINGS.map(spell => forbidden(spell(octets), noPrivate) !== undefined)
        if (octets.slice(0, 3).every(part => part === 0)) return
        for (const other of others) expect(other).toBe(plain)
      }),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.ipV6(), fc.boolean(), (address, noPrivate) => {
        expect(['string', 'undefined']).toContain(typeof forbidden(address, noPrivate))
      }),
    )
  })
})
