/** Images that several workers read together: the facts are those of one scan, whatever dies on the way. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { command, isDeno, records, root, run } from './run.ts'

const HAS_REDIS = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).error === undefined
if (!HAS_REDIS) console.warn('NOT RUN: the tests of queue, because redis-server is not installed')

/** Copies of the catalogue, so that there is something to do. */
const COPIES = 6
const HOSTS = '127.0.0.1'

let directory: string
let whole: string
let server: ChildProcess
let port: number
const children = new Set<ChildProcess>()

const freePort = () =>
  new Promise<number>(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

async function startServer(...more: string[]): Promise<void> {
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'yes',
  ]
  server = spawn('redis-server', [...args, ...more], { stdio: 'ignore' })
  for (let tries = 0; tries < 200; tries++) {
    const ping = spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' })
    if (/PONG|NOAUTH/.test(ping.stdout)) return
    await sleep(25)
  }
  throw new Error('redis-server has not started')
}

async function stopServer(): Promise<void> {
  const ended = new Promise(resolve => server.once('exit', resolve))
  server.kill('SIGKILL')
  await ended
}

const url = () => `redis://127.0.0.1:${port}`
const queue = (action: string, ...args: string[]) =>
  run(['queue', action, url(), ...args], { cwd: directory, hosts: HOSTS })

function startWorker(...args: string[]): ChildProcess {
  const [program, ...words] = command
  const rest = isDeno ? words.toSpliced(-1, 0, `--allow-net=${HOSTS}`, '--allow-sys') : words
  const child = spawn(program, [...rest, 'queue', 'work', url(), '--workers', '1', '--lock', '1', ...args], {
    cwd: directory,
    stdio: 'ignore',
  })
  children.add(child)
  return child
}

const finished = async () => {
  const { code, stderr } = await queue('work', '--workers', '2', '--lock', '1', '--exit-when-done')
  expect(stderr).toMatch(/images read/)
  expect(code).toBe(0)
}

async function expectWhole(): Promise<void> {
  const { stdout, stderr, code } = await queue('facts')
  expect(stderr).toBe('')
  expect(stdout === whole).toBe(true)
  expect(code).toBe(0)
}

describe.runIf(HAS_REDIS)('queue', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'xen-preflight-queue-'))
    for (let copy = 0; copy < COPIES; copy++)
      cpSync(join(root, 'fixtures/catalogue'), join(directory, `images/${copy}`), { recursive: true })
    whole = (await run(['scan', 'images', '-o', 'ndjson'], { cwd: directory })).stdout
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  beforeEach(async () => {
    port = await freePort()
    rmSync(join(directory, 'appendonlydir'), { recursive: true, force: true })
    await startServer()
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    children.clear()
    await stopServer()
  })

  test('gives what one scan gives, and adds nothing twice', async () => {
    const both = await Promise.all([queue('add', 'images'), queue('add', 'images')])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect((await queue('facts')).code).toBe(2)
    await finished()
    await expectWhole()
    expect((await queue('add', 'images')).stderr).toContain(' 0 images added')
    expect((await queue('status', '-o', 'json')).stdout).toContain('"pending":0')
  })

  test('survives the death of workers and of the server', async () => {
    await queue('add', 'images')
    const workers = [startWorker(), startWorker()]
    await sleep(400)
    workers[0]!.kill('SIGKILL')
    await sleep(200)
    await stopServer()
    await startServer()
    await sleep(300)
    workers[1]!.kill('SIGKILL')
    await finished()
    await expectWhole()
  })

  test('survives a worker that is stopped beyond its lock', async () => {
    await queue('add', 'images')
    const worker = startWorker()
    await sleep(500)
    worker.kill('SIGSTOP')
    await finished()
    worker.kill('SIGCONT')
    await sleep(300)
    await expectWhole()
  })

  test('gives up an image that kills its worker, with a record', async () => {
    // A list of notes that takes more memory than a worker may have would do the same; this is sure on every machine.
    writeFileSync(join(directory, 'poison'), 'x')
    await queue('add', 'images')
    const redis = (...args: string[]) =>
      spawnSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' })
    const [id, ...rest] = redis('HVALS', 'xen-preflight:jobs').stdout.trim().split('\n')
    expect(rest.length).toBe(COPIES * 10 - 1)
    const key = redis('KEYS', `xen-preflight:images-*:${id}`).stdout.trim()
    // As three workers leave it that have died with it.
    redis('HSET', key, 'ats', '3')
    await finished()
    const { stdout, stderr, code } = await queue('facts')
    expect(code).toBe(2)
    expect(stderr).toContain('given up')
    expect(records(stdout).filter(({ problem }) => problem?.code === 'gave-up')).toHaveLength(1)
    expect((await queue('retry')).stderr).toContain('1 images are to be read again')
    await finished()
    await expectWhole()
  })

  test('says what is wrong with a server', async () => {
    await stopServer()
    expect((await queue('add', 'images')).stderr).toMatch(
      /Cannot use the queue at redis:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    )
    await startServer('--requirepass', 'secret')
    expect((await queue('add', 'images')).stderr).toContain('asks for a password')
    const wrong = await run(['queue', 'add', url().replace('//', '//:WRONG@'), 'images'], {
      cwd: directory,
      hosts: HOSTS,
    })
    expect(wrong.stderr).toContain('refuses the user or the password')
    expect(wrong.stderr).not.toContain('WRONG')
    await stopServer()
    rmSync(join(directory, 'appendonlydir'), { recursive: true, force: true })
    await startServer('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru')
    expect((await queue('add', 'images')).stderr).toContain('expected noeviction')
    await stopServer()
    await startServer('--maxmemory', '1mb', '--maxmemory-policy', 'noeviction')
    expect((await queue('add', 'images')).stderr).toMatch(/memory is full|they take about/)
    await stopServer()
    await startServer('--replicaof', '127.0.0.1', '9')
    expect((await queue('add', 'images')).stderr).toMatch(/read-only|still loading|MASTERDOWN/)
  })

  test('keeps to its version and its options, and keeps no secrets', async () => {
    await queue('add', 'images')
    expect((await queue('add', 'images', '--digest')).stderr).toContain('other options')
    expect((await queue('add', 'https://host/a.img?sig=SECRET')).stderr).toContain('a queue keeps none')
    expect((await queue('status', '--digest')).stderr).toContain('Cannot use --digest with queue status')
    spawnSync('redis-cli', [
      '-p',
      String(port),
      'SET',
      'xen-preflight:queue',
      '{"version":1,"reader":"9.9","options":"{}"}',
    ])
    expect((await queue('work', '--exit-when-done')).stderr).toContain('it is for xen-preflight 9.9')
    await queue('drain', '--all').catch(() => {})
  })
})

test('what is no Redis is told', async () => {
  const talker = createServer(socket => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>(resolve => talker.listen(0, '127.0.0.1', resolve))
  const { port } = talker.address() as AddressInfo
  const { stderr, code } = await run(['queue', 'status', `redis://127.0.0.1:${port}`], { hosts: HOSTS })
  expect(stderr).toMatch(/no Redis|connection failed|nothing that speaks Redis/)
  expect(code).toBe(1)
  expect((await run(['queue', 'status', 'http://127.0.0.1'])).stderr).toContain('expected redis://')
  talker.close()
})

test('the catalogue has what the tests count', () => {
  expect(readdirSync(join(root, 'fixtures/catalogue'))).toHaveLength(10)
})
