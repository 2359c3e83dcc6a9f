/** Images that several workers read together: the facts are those of one scan, whatever dies on the way. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HAS_REDIS, RedisServer } from '../redis-server.ts'
import { command, isDeno, records, root, run } from './run.ts'

if (!HAS_REDIS) console.warn('NOT RUN: the tests of queue, because redis-server is not installed')

/** Copies of the catalogue, so that there is something to do. */
const COPIES = 6
const HOSTS = '127.0.0.1'
/** How a server is watched that something is to be done to at once. */
const FAST = { interval: 5, timeout: 120_000 }

let directory: string
let whole: string
let server: RedisServer
const children = new Set<ChildProcess>()

const url = () => `redis://127.0.0.1:${server.port}`
const queue = (action: string, ...args: string[]) =>
  run(['queue', action, url(), ...args], { cwd: directory, hosts: HOSTS })

function startQueue(action: string, ...args: string[]): ChildProcess {
  const [program, ...words] = command
  const rest = isDeno ? words.toSpliced(-1, 0, `--allow-net=${HOSTS}`, '--allow-sys') : words
  const child = spawn(program, [...rest, 'queue', action, url(), ...args], {
    cwd: directory,
    stdio: 'ignore',
  })
  children.add(child)
  return child
}
const startWorker = () => startQueue('work', '--workers', '1', '--lock', '1')

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
    server = await RedisServer.start(directory)
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    children.clear()
    await server.stop()
    server.forget()
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
    await server.stop()
    await server.start()
    await sleep(300)
    workers[1]!.kill('SIGKILL')
    await finished()
    await expectWhole()
  })

  test('survives the death of all workers at once, and of the server while images are added', async () => {
    const adding = startQueue('add', 'images')
    const added = new Promise(resolve => adding.once('exit', resolve))
    // As soon as the first references are there.
    await expect.poll(() => Number(server.cli('ZCARD', 'xen-preflight:order')), FAST).toBeGreaterThan(0)
    await server.stop()
    await server.start()
    await added
    await queue('add', 'images')
    const workers = [startWorker(), startWorker(), startWorker()]
    await expect.poll(() => Number(server.cli('HLEN', 'xen-preflight:images')), FAST).toBeGreaterThan(0)
    for (const worker of workers) worker.kill('SIGKILL')
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
    const [id, ...rest] = server.cli('HVALS', 'xen-preflight:jobs').trim().split('\n')
    expect(rest.length).toBe(COPIES * 10 - 1)
    const key = server.cli('KEYS', `xen-preflight:images-*:${id}`).trim()
    // As three workers leave it that have died with it.
    server.cli('HSET', key, 'ats', '3')
    await finished()
    const { stdout, stderr, code } = await queue('facts')
    expect(code).toBe(2)
    expect(stderr).toContain('given up')
    expect(records(stdout).filter(({ problem }) => problem?.code === 'gave-up')).toHaveLength(1)
    expect((await queue('retry')).stderr).toContain('1 images are to be read again')
    await finished()
    await expectWhole()
  })

  test('keeps to its version and its options, and keeps no secrets', async () => {
    await queue('add', 'images')
    expect((await queue('add', 'images', '--digest')).stderr).toContain('other options')
    expect((await queue('add', 'https://host/a.img?sig=SECRET')).stderr).toContain('a queue keeps none')
    expect((await queue('status', '--digest')).stderr).toContain('Cannot use --digest with queue status')
  })

  test('leaves a queue of another version alone, and removes it where that is wanted', async () => {
    await queue('add', 'images')
    const other = { version: 1, reader: '9.9', options: '{}' }
    for (const [text, message] of [
      [other, 'it is for xen-preflight 9.9'],
      [{ ...other, version: 7 }, 'its version is 7, expected 1'],
    ] as const) {
      server.cli('SET', 'xen-preflight:queue', JSON.stringify(text))
      for (const args of [
        ['work', '--exit-when-done'],
        ['facts'],
        ['status'],
        ['drain'],
        ['add', 'images'],
      ]) {
        const { stderr, code } = await queue(args[0]!, ...args.slice(1))
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) })
        expect(stderr).toContain('queue drain --all removes it')
      }
    }
    server.cli('SET', 'other:key', 'kept')
    expect((await queue('drain', '--all')).code).toBe(0)
    expect(server.cli('KEYS', '*').trim()).toBe('other:key')
    expect((await queue('drain', '--all')).stderr).toContain('Cannot find a queue at')
  })
})

test('the catalogue has what the tests count', () => {
  expect(readdirSync(join(root, 'fixtures/catalogue'))).toHaveLength(10)
})
