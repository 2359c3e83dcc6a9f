import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_REMOTE } from '../../../src/source/remote/options.ts'
import { openReference } from '../../../src/source/remote/protocols.ts'
import type { RemoteObject } from '../../../src/source/remote/remote-object.ts'
import { SourceError } from '../../../src/source/source.ts'
import { type Fault, type ObjectServer, sendObject, serveObjects } from './object-server.ts'

const SIZE = 300_000
const bytes = Uint8Array.from({ length: SIZE }, (_, index) => (index * 7 + (index >> 8)) & 255)
const OPTIONS = { ...DEFAULT_REMOTE, retries: 1, timeout: 1 }

let server: ObjectServer
beforeAll(async () => {
  server = await serveObjects()
})
afterAll(() => server.close())
beforeEach(() => {
  server.objects = new Map([['/disk', bytes]])
  server.requests = []
  server.fault = undefined
  server.etag = () => '"one"'
})

const open = (options = OPTIONS): Promise<RemoteObject> => openReference(`${server.url}/disk`, options)

async function problemOf(action: () => Promise<unknown>): Promise<SourceError['problem']> {
  try {
    await action()
  } catch (error) {
    if (error instanceof SourceError) return error.problem
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Comparing element by element would take a second. */
function expectBytes(found: Uint8Array, start: number, end = SIZE): void {
  expect(Buffer.compare(found, bytes.subarray(start, end))).toBe(0)
}

async function expectWhole(): Promise<void> {
  const object = await open()
  expect(object.size).toBe(SIZE)
  expectBytes(await object.read(100_000, 200_000), 100_000, 200_000)
  expectBytes(await object.read(SIZE - 10, SIZE), SIZE - 10)
  object.close()
}

test('reads ranges, each with If-Range of the first answer', async () => {
  await expectWhole()
  expect(server.requests.every(({ range }) => range !== undefined)).toBe(true)
  expect(server.requests.slice(1).every(({ headers }) => headers['if-range'] === '"one"')).toBe(true)
})

/** Fails requests of the numbers `when`, from 1 on. */
const failing =
  (when: (count: number) => boolean, fault: Fault): Fault =>
  (request, response, count) =>
    when(count) && fault(request, response, count)
const first = (fault: Fault) => failing(count => count === 1, fault)
const second = (fault: Fault) => failing(count => count === 2, fault)
const later = (fault: Fault) => failing(count => count > 1, fault)

const answer =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (_, response) => {
    response.writeHead(status, headers).end()
    return true
  }
/** Sends some of a range and breaks off, or sends nothing more. */
const cut =
  (isDropped: boolean): Fault =>
  ({ range }, response) => {
    const [start, end] = range!
    const last = Math.min(end, SIZE)
    response.writeHead(206, {
      etag: '"one"',
      'content-length': last - start,
      'content-range': `bytes ${start}-${last - 1}/${SIZE}`,
    })
    response.write(bytes.subarray(start, start + 10), () => {
      if (isDropped) response.destroy()
    })
    return true
  }
const drop: Fault = (_, response) => {
  response.destroy()
  return true
}
const stall: Fault = () => true

describe('an attempt that fails and may be repeated', () => {
  test.each<[string, Fault]>([
    ['503', answer(503)],
    ['429 with Retry-After', answer(429, { 'retry-after': '0' })],
    ['500', answer(500)],
    ['a dropped connection', drop],
    ['a stalled answer', stall],
    ['a range that breaks off', cut(true)],
    ['a range that stalls', cut(false)],
  ])('%s', async (_, fault) => {
    server.fault = first(fault)
    await expectWhole()
    server.requests = []
    server.fault = second(fault)
    await expectWhole()
  })

  test('is given up at last', async () => {
    server.fault = answer(503)
    const problem = await problemOf(() => open())
    expect(problem.code).toBe('remote-unavailable')
    expect(problem.message).toContain('503')
    expect(server.requests.length).toBe(2)
  })
})

describe('an object that changes while it is read', () => {
  test.each<[string, Fault]>([
    [
      'is told by another ETag',
      ({ range }, response) => {
        server.etag = () => '"two"'
        sendObject(server, '/disk', range, response)
        return true
      },
    ],
    [
      'is told by an answer of the whole',
      (_, response) => {
        response.writeHead(200, { etag: '"two"' }).end('x')
        return true
      },
    ],
    [
      'is told by another size',
      ({ range }, response) => {
        server.objects.set('/disk', bytes.subarray(0, SIZE - 1))
        sendObject(server, '/disk', range, response)
        return true
      },
    ],
    ['is told by 412', answer(412)],
    ['is told by 416', answer(416, { 'content-range': 'bytes */5' })],
  ])('%s', async (_, fault) => {
    const object = await open()
    server.fault = fault
    expect((await problemOf(() => object.read(100_000, 100_010))).code).toBe('changed')
  })
})

describe('a server that lies', () => {
  const range = (headers: Record<string, string>, body: Uint8Array): Fault =>
    later((_, response) => {
      response.writeHead(206, { etag: '"one"', ...headers }).end(body)
      return true
    })
  test.each<[string, Fault]>([
    ['about the start', range({ 'content-range': `bytes 5-14/${SIZE}` }, bytes.subarray(0, 10))],
    ['about the end', range({ 'content-range': `bytes 0-4/${SIZE}` }, bytes.subarray(0, 5))],
    ['without a range', range({}, bytes.subarray(0, 10))],
    ['with fewer bytes', range({ 'content-range': `bytes 0-9/${SIZE}` }, bytes.subarray(0, 9))],
    ['with more bytes', range({ 'content-range': `bytes 0-9/${SIZE}` }, bytes.subarray(0, 11))],
    [
      'with packed bytes',
      range({ 'content-range': `bytes 0-9/${SIZE}`, 'content-encoding': 'gzip' }, bytes.subarray(0, 10)),
    ],
    [
      'about a size beyond reason',
      range({ 'content-range': 'bytes 0-9/9999999999999999' }, bytes.subarray(0, 10)),
    ],
  ])('%s', async (_, fault) => {
    const object = await open()
    server.fault = fault
    const { code } = await problemOf(() => object.read(0, 10))
    expect(['remote-invalid', 'changed']).toContain(code)
  })
})

describe('a server without ranges', () => {
  const whole: Fault = (_, response) => {
    response.writeHead(200, { etag: '"one"', 'content-length': SIZE })
    response.write(bytes.subarray(0, 100_000))
    response.on('close', () => {
      closed = true
    })
    if (isEnding) response.end(bytes.subarray(100_000))
    return true
  }
  let closed = false
  let isEnding = true

  test('is read as a stream', async () => {
    isEnding = true
    server.fault = whole
    await expectWhole()
    expect(server.requests.length).toBe(1)
  })

  test('is left as soon as enough has come', async () => {
    isEnding = false
    closed = false
    server.fault = whole
    const object = await open()
    expect(object.isStream).toBe(true)
    expectBytes(await object.read(50_000, 60_000), 50_000, 60_000)
    object.close()
    await expect.poll(() => closed).toBe(true)
  })

  test('that tells no length is read to the end', async () => {
    server.fault = (_, response) => {
      response.writeHead(200, { etag: '"one"' })
      response.write(bytes.subarray(0, 1000))
      response.end(bytes.subarray(1000))
      return true
    }
    await expectWhole()
  })

  test('is refused beyond the limit', async () => {
    server.fault = (_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 40 })
      response.write('x')
      return true
    }
    const object = await open()
    expect((await problemOf(() => object.read(2 ** 30, 2 ** 30 + 1))).code).toBe('remote-no-range')
  })
})

test.each([
  ['without an ETag', undefined],
  ['with a weak ETag', 'W/"one"'],
])('an object %s is read in one answer, as no versions can be told apart', async (_, etag) => {
  server.etag = () => etag
  const object = await open()
  expect(object.isStream).toBe(true)
  expectBytes(await object.read(100_000, 100_010), 100_000, 100_010)
  object.close()
})

test('an old date tells versions apart, a new one does not', async () => {
  const date = new Date('2026-01-02T03:04:05Z').toUTCString()
  const modified =
    (time: string): Fault =>
    ({ range }, response) => {
      server.etag = () => undefined
      response.setHeader('last-modified', new Date(time).toUTCString())
      response.setHeader('date', date)
      sendObject(server, '/disk', range, response)
      return true
    }
  server.fault = modified('2026-01-01T00:00:00Z')
  expect((await open()).isStream).toBe(false)
  server.fault = modified('2026-01-02T03:04:00Z')
  expect((await open()).isStream).toBe(true)
})

test('an empty object has no bytes', async () => {
  server.objects.set('/disk', new Uint8Array(0))
  expect((await open()).size).toBe(0)
})

test.each([
  [404, 'vanished'],
  [403, 'remote-denied'],
  [401, 'remote-denied'],
  [400, 'remote-invalid'],
])('the answer %i is %s and not repeated', async (status, code) => {
  server.fault = answer(status)
  expect((await problemOf(() => open())).code).toBe(code)
  expect(server.requests.length).toBe(1)
})

test('nobody at the port is told after all attempts', async () => {
  const problem = await problemOf(() => openReference('http://127.0.0.1:9/x', OPTIONS))
  expect(problem).toMatchObject({ code: 'remote-unavailable' })
  expect(problem.message).toContain('ECONNREFUSED')
})

describe('redirections', () => {
  test('carry no credentials to another host', async () => {
    const other = await serveObjects()
    try {
      other.objects.set('/disk', bytes)
      server.fault = answer(302, { location: `${other.url}/disk?sig=1` })
      const object = await openReference(`${server.url.replace('//', '//user:secret@')}/disk`, OPTIONS)
      expectBytes(await object.read(200_000, 200_010), 200_000, 200_010)
      expect(server.requests[0]!.headers.authorization).toBe(`Basic ${btoa('user:secret')}`)
      expect(other.requests.length).toBe(2)
      expect(other.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
    } finally {
      await other.close()
    }
  })

  test('are asked for again where what they led to is over', async () => {
    let signature = 1
    server.fault = ({ path }, response) => {
      if (!path.includes('sig=')) {
        response.writeHead(307, { location: `/disk?sig=${signature}` }).end()
        return true
      }
      if (path.endsWith(`sig=${signature}`)) return false
      response.writeHead(403).end()
      return true
    }
    const object = await open()
    signature = 2
    expectBytes(await object.read(200_000, 200_010), 200_000, 200_010)
  })

  test.each(['ftp://127.0.0.1/x', 'file:///etc/shadow'])('to %s are refused', async location => {
    server.fault = answer(302, { location })
    expect((await problemOf(() => open())).code).toBe('remote-forbidden')
  })

  test('in a circle end', async () => {
    server.fault = answer(302, { location: '/disk' })
    expect((await problemOf(() => open())).code).toBe('remote-invalid')
  })

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/',
    'http://metadata.google.internal/',
  ])('to %s are refused', async location => {
    server.fault = answer(302, { location })
    const problem = await problemOf(() => open())
    expect(problem.code).toBe('remote-forbidden')
    expect(problem.message).toContain('metadata')
  })
})
