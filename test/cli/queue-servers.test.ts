/** Servers that a queue can live on, and what is said of those that it cannot. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { certify, HAS_REDIS, RedisServer } from '../redis-server.ts'
import { root, run } from './run.ts'

const HAS_OPENSSL = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const HOSTS = '127.0.0.1'
const KERNELS = ['linux-3.13-pvh', 'linux-6.1-lz4']

let directory: string
let whole: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-servers-'))
  for (const name of KERNELS) cpSync(join(root, 'fixtures/catalogue', name), join(directory, 'images', name))
  whole = (await run(['scan', 'images', '-o', 'ndjson'], { cwd: directory })).stdout
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const queue = (url: string, action: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  run(['queue', action, url, ...args], { cwd: directory, hosts: HOSTS, env })

/** Everything that a queue does. */
async function expectRecords(
  url: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<void> {
  const said = async (action: string, ...more: string[]) => {
    const { code, stderr, stdout } = await queue(url, action, [...more, ...args], env)
    expect({ action, code, stderr: code === 0 ? '' : stderr }).toEqual({ action, code: 0, stderr: '' })
    return stdout
  }
  await said('add', 'images')
  await said('work', '--workers', '1', '--exit-when-done')
  const facts = await said('facts')
  expect(facts).toBe(whole)
  await said('drain', '--all')
}

async function expectRefusal(
  url: string,
  action: string,
  message: RegExp | string,
  args: readonly string[] = [],
) {
  const { code, stderr, stdout } = await queue(url, action, args)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(message)
  expect(stderr).toMatch(/^xen-preflight: [^\n]+\n$/)
}

describe.runIf(HAS_REDIS)('a server', () => {
  let server: RedisServer
  let url: string
  beforeEach(async () => {
    server = await RedisServer.start(directory)
    url = `redis://127.0.0.1:${server.port}`
  })
  afterEach(async () => {
    await server.stop()
    server.forget()
  })
  const again = async (...args: string[]) => {
    await server.stop()
    server.forget()
    await server.start({ args })
  }

  test('with a password is asked with that of the environment or the URL, and neither is shown', async () => {
    await again('--requirepass', 'S3CRET')
    await expectRefusal(url, 'add', 'asks for a password; give it in REDISCLI_AUTH or in the URL', ['images'])
    const wrong = await queue(url.replace('//', '//:WR0NG@'), 'add', ['images'])
    expect(wrong.stderr).toContain('refuses the user or the password')
    expect(wrong.stderr).not.toContain('WR0NG')
    expect((await queue(url.replace('//', '//:S3CRET@'), 'add', ['images'])).code).toBe(0)
    await expectRecords(url, [], { REDISCLI_AUTH: 'S3CRET' })
  })

  test('with users needs of them what the manual says, for the keys of one prefix', async () => {
    const rules = ['~pool:*', '+@all', '-@dangerous', '+info', '+client']
    server.cli('ACL', 'SETUSER', 'loader', 'on', '>S3CRET', ...rules)
    server.cli('ACL', 'SETUSER', 'guest', 'on', '>S3CRET', '~pool:*', '+ping')
    const loader = url.replace('//', '//loader:S3CRET@')
    for (const [action, args] of [
      ['add', ['images']],
      ['status', []],
      ['retry', []],
      ['drain', []],
    ] as const) {
      expect((await queue(loader, action, [...args, '--prefix', 'pool'])).code, action).toBe(0)
    }
    await expectRecords(loader, ['--prefix', 'pool'])
    await expectRefusal(loader, 'add', /its ACL does not allow the user/, ['images'])
    await expectRefusal(url.replace('//', '//guest:S3CRET@'), 'add', /its ACL does not allow the user/, [
      'images',
    ])
    await expectRefusal(url.replace('//', '//nobody:S3CRET@'), 'add', /refuses the user or the password/, [
      'images',
    ])
  })

  test('keeps the queues of two prefixes apart', async () => {
    await queue(url, 'add', ['images', '--prefix', 'one'])
    await queue(url, 'add', [`images/${KERNELS[0]}`, '--prefix', 'two'])
    expect((await queue(url, 'status', ['--prefix', 'one'])).stdout).toContain('0 of 2 images done')
    expect((await queue(url, 'drain', ['--all', '--prefix', 'one'])).code).toBe(0)
    expect((await queue(url, 'status', ['--prefix', 'two'])).stdout).toContain('0 of 1 images done')
    await expectRefusal(url, 'status', 'Cannot find a queue at', ['--prefix', 'one'])
  })

  test('that is a replica is read-only', async () => {
    const folder = mkdtempSync(join(directory, 'replica-'))
    await queue(url, 'add', ['images'])
    const replica = await RedisServer.start(folder, { args: ['--replicaof', '127.0.0.1', `${server.port}`] })
    try {
      await expect.poll(() => replica.cli('ZCARD', 'xen-preflight:order'), { timeout: 120_000 }).toBe('2\n')
      const place = `redis://127.0.0.1:${replica.port}`
      for (const [action, args] of [
        ['add', ['images']],
        ['work', ['--exit-when-done']],
        ['drain', ['--all']],
      ] as const) {
        await expectRefusal(place, action, 'it is read-only: a replica; name the primary', args)
      }
      expect((await queue(place, 'status')).stdout).toContain('0 of 2 images done')
    } finally {
      await replica.stop()
    }
  })

  test('that would throw jobs away is refused', async () => {
    await again('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru')
    await expectRefusal(
      url,
      'add',
      'its maxmemory-policy is allkeys-lru, which throws jobs away; expected noeviction',
      ['images'],
    )
  })

  test('that is full takes nothing, gives what it has, and can be drained', async () => {
    await queue(url, 'add', ['images'])
    server.cli('CONFIG', 'SET', 'maxmemory', '1mb')
    await expectRefusal(url, 'add', /its memory is full \(maxmemory\)/, ['images'])
    await expectRefusal(url, 'work', /its memory is full \(maxmemory\)/, ['--exit-when-done'])
    expect((await queue(url, 'status')).stdout).toContain('0 of 2 images done')
    expect((await queue(url, 'drain', ['--all'])).code).toBe(0)
    expect(server.cli('KEYS', '*').trim()).toBe('')
  })

  test('with too little room for what is to be added is told so before anything is', async () => {
    const used = Number(/used_memory:(\d+)/.exec(server.cli('INFO', 'memory'))![1])
    server.cli('CONFIG', 'SET', 'maxmemory', String(used + 200_000))
    const list = Array.from({ length: 1000 }, (_, index) => join(directory, 'images', `../images/./${index}`))
    const { stderr } = await run(['queue', 'add', url, '--files-from', '-'], {
      cwd: directory,
      hosts: HOSTS,
      input: list.map(() => `images/${KERNELS[0]}\n`).join(''),
    })
    expect(stderr).toMatch(/Cannot add 1000 images: they take about 2 MiB, and the server has \d MiB left/)
    expect(server.cli('ZCARD', 'xen-preflight:order').trim()).toBe('0')
  })

  test('that is not there is told', async () => {
    await server.stop()
    await expectRefusal(url, 'add', 'the connection failed (ECONNREFUSED)', ['images'])
  })
})

describe.runIf(HAS_REDIS && HAS_OPENSSL)('TLS', () => {
  let server: RedisServer
  let certificates: string
  beforeAll(async () => {
    certificates = mkdtempSync(join(directory, 'tls-'))
    certify(certificates)
    server = await RedisServer.start(directory, { tls: certificates })
  })
  afterAll(async () => {
    await server.stop()
    server.forget()
  })

  test('is spoken with a server whose authority is known', async () => {
    const authority = join(certificates, 'ca.crt')
    await expectRecords(`rediss://127.0.0.1:${server.port}`, [], {
      NODE_EXTRA_CA_CERTS: authority,
      DENO_CERT: authority,
    })
  })

  test('is refused where the authority is not known, or one side does not speak it', async () => {
    await expectRefusal(`rediss://127.0.0.1:${server.port}`, 'status', /its certificate is not trusted/)
    await expectRefusal(`redis://127.0.0.1:${server.port}`, 'status', /TLS wants rediss:/)
    const plain = await RedisServer.start(mkdtempSync(join(directory, 'plain-')))
    try {
      await expectRefusal(`rediss://127.0.0.1:${plain.port}`, 'status', /a server without it wants redis:/)
    } finally {
      await plain.stop()
    }
  })
})

describe('what is no server for a queue', () => {
  let talker: Server
  const sockets = new Set<Socket>()
  const talk = async (answer: (socket: Socket) => void): Promise<string> => {
    talker = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      answer(socket)
    })
    await new Promise<void>(resolve => talker.listen(0, '127.0.0.1', resolve))
    return `redis://127.0.0.1:${(talker.address() as AddressInfo).port}`
  }
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    talker?.close()
  })

  test('a server of HTTP', async () => {
    const url = await talk(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expectRefusal(url, 'status', /no Redis|connection failed|nothing that speaks Redis/)
  })

  test('one that says nothing', async () => {
    const url = await talk(() => {})
    await expectRefusal(url, 'status', /nothing that speaks Redis answers there/)
  })

  test('an old Redis', async () => {
    // Redis 5 as it answers: there is none to install.
    const url = await talk(socket =>
      socket.on('data', chunk => {
        const commands = chunk.toString().match(/\*\d+\r\n/g)?.length ?? 0
        const info = '# Server\r\nredis_version:5.0.14\r\n'
        const isInfo = /\$4\r\ninfo/i.test(chunk.toString())
        socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n'.repeat(commands))
      }),
    )
    await expectRefusal(url, 'status', 'it is Redis 5.0.14, expected 6.2 or later, or Valkey')
  })

  test('another protocol', async () => {
    const { stderr, code } = await run(['queue', 'status', 'http://127.0.0.1'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('expected redis://') })
  })
})
