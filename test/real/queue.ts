/**
 * The queue with many images and with everything that may die: `npm run test:queue [-- COUNT]`. COUNT images (2,000), which are
 * disks, packages and kernels, are served over HTTP with ranges and read by three workers, two on Node and one on Deno. After
 * each fault `queue facts` has to give what one `scan` of the same references gives, byte by byte. At the end the memory that a
 * server takes for 100,000 references is measured. Needs redis-server and a built dist/; exits with 1 where anything differs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { ImageQueue } from '../../src/fleet/queue/image-queue.ts'
import { loadQueueEngine } from '../../src/fleet/queue/server.ts'
import { HAS_REDIS, RedisServer } from '../redis-server.ts'
import { serveObjects } from '../source/remote/object-server.ts'

const count = Number(process.argv[2] ?? 2000)
const REFERENCES = 100_000
const LOCK_S = 2
const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist/cli/main.js')
const DISKS = ['gpt.img', 'zlib.qcow2', 'flat-flat.vmdk', 'zstd.deb', 'gnu.tar']

if (!HAS_REDIS) {
  console.error('NOT RUN: redis-server is not installed')
  process.exit(1)
}
const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-queue-'))
const redis = await RedisServer.start(directory)
const objects = await serveObjects()
const url = `redis://127.0.0.1:${redis.port}`
const list = join(directory, 'list')

const RUNTIMES = {
  node: ['node', main],
  deno: [
    join(root, 'node_modules/.bin/deno'),
    ...['run', '--no-prompt', '--allow-read', '--allow-write', '--allow-env', '--allow-sys'],
    ...['--allow-net=127.0.0.1', main],
  ],
} as const
type Runtime = keyof typeof RUNTIMES

const children = new Set<ChildProcess>()
function start(runtime: Runtime, args: readonly string[]) {
  const [program, ...words] = RUNTIMES[runtime]
  const child = spawn(program, [...words, ...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const parts: Buffer[] = []
  child.stdout!.on('data', chunk => parts.push(chunk))
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve =>
    child.on('close', code => {
      children.delete(child)
      resolve({ code, stdout: Buffer.concat(parts).toString(), stderr })
    }),
  )
  return { child, ended }
}
const queue = (action: string, ...args: string[]) => start('node', ['queue', action, url, ...args]).ended
const add = () => queue('add', '--files-from', list)
const work = (runtime: Runtime, ...args: string[]) =>
  start(runtime, [
    'queue',
    'work',
    url,
    '--workers',
    '2',
    '--lock',
    String(LOCK_S),
    '--retries',
    '1',
    ...args,
  ])
const three = (): ChildProcess[] => (['node', 'node', 'deno'] as const).map(runtime => work(runtime).child)

const read = () => Number(redis.cli('HLEN', 'xen-preflight:images'))
/** Waits until so many images have records. */
async function until(images: number): Promise<void> {
  while (read() < images) await sleep(20)
}

function makeImages(): string[] {
  const catalogue = join(root, 'fixtures/catalogue')
  const contents = [
    ...readdirSync(catalogue).map(name => [name, readFileSync(join(catalogue, name))] as const),
    ...DISKS.map(
      name => [name, brotliDecompressSync(readFileSync(join(root, `fixtures/disks/${name}.br`)))] as const,
    ),
  ]
  return Array.from({ length: count }, (_, index) => {
    const [name, bytes] = contents[index % contents.length]!
    const path = `/pool/${String(index).padStart(6, '0')}-${name}`
    objects.objects.set(path, bytes)
    return objects.url + path
  })
}

/** The first lines that one has and the other has not. */
function differences(whole: string, found: string): string {
  const [was, is] = [whole.split('\n'), found.split('\n')]
  const at = was.findIndex((line, index) => line !== is[index])
  return `line ${at + 1} of ${was.length} and ${is.length}:\n  ${was[at]?.slice(0, 300)}\n  ${is[at]?.slice(0, 300)}`
}

let faults = 0
async function expectWhole(what: string, whole: string, begun: number): Promise<void> {
  const finishing = await work('node', '--exit-when-done').ended
  for (const child of children) child.kill('SIGKILL')
  const { stdout, stderr, code } = await queue('facts')
  const isSame = stdout === whole && stderr === '' && code === 0 && finishing.code === 0
  if (!isSame) faults++
  console.log(
    `${isSame ? 'equal  ' : 'DIFFERS'} ${what}: ${((performance.now() - begun) / 1000).toFixed(0)} s`,
  )
  if (!isSame) console.log(differences(whole, stdout), `${finishing.stderr}${stderr}`.slice(0, 2000), code)
}

/** Faults by what is said of them; each begins with an empty server and ends with all images read. */
const FAULTS: Readonly<Record<string, () => Promise<void>>> = {
  'nothing dies': async () => {
    await add()
    three()
  },
  'two machines add at once': async () => {
    await Promise.all([add(), add()])
    three()
  },
  'one worker is killed': async () => {
    await add()
    const [first] = three()
    await until(count / 10)
    first!.kill('SIGKILL')
  },
  'all workers are killed at once': async () => {
    await add()
    const workers = three()
    await until(count / 10)
    for (const worker of workers) worker.kill('SIGKILL')
  },
  'the server is killed and started again': async () => {
    await add()
    three()
    await until(count / 10)
    await redis.stop()
    await sleep(500)
    await redis.start()
  },
  'the server is killed while images are added': async () => {
    const adding = add()
    while (Number(redis.cli('ZCARD', 'xen-preflight:order')) === 0) await sleep(5)
    await redis.stop()
    await sleep(500)
    await redis.start()
    await adding
    await add()
    three()
  },
  'a worker stops for longer than its lock, and goes on': async () => {
    await add()
    const [first] = three()
    await until(count / 10)
    first!.kill('SIGSTOP')
    await sleep(3000 * LOCK_S)
    first!.kill('SIGCONT')
  },
}

/** An image at which whoever reads it is killed: it is given up after three attempts, and read again when that is over. */
async function poison(references: readonly string[], whole: string): Promise<void> {
  const begun = performance.now()
  await add()
  const [path] = [...objects.objects.keys()].slice(Math.floor(count / 2))
  let worker: ReturnType<typeof work> | undefined
  let killed = 0
  objects.fault = request => {
    if (request.path !== path) return false
    killed++
    worker?.child.kill('SIGKILL')
    return true
  }
  do {
    worker = work('node', '--exit-when-done')
  } while ((await worker.ended).code === null)
  objects.fault = undefined
  const { stdout, code } = await queue('facts')
  const given = stdout.split('\n').filter(line => line.includes('"gave-up"'))
  const others = (text: string) =>
    text
      .split('\n')
      .filter(line => !line.includes(path!))
      .join('\n')
  const isSame = code === 2 && given.length === 1 && others(stdout) === others(whole) && killed === 3
  if (!isSame) faults++
  const said = `an image kills its worker ${killed} times, and is given up with a record`
  console.log(`${isSame ? 'equal  ' : 'DIFFERS'} ${said}: of ${references.length} images`)
  await queue('retry')
  await expectWhole('the same image is read after queue retry', whole, begun)
}

/** Bytes of memory that a reference takes while it waits, beside the estimate of `queue add`. */
async function measureMemory(): Promise<void> {
  const engine = loadQueueEngine()
  const used = () => Number(/used_memory:(\d+)/.exec(redis.cli('INFO', 'memory'))![1])
  const open = await ImageQueue.open(engine, { url, prefix: 'memory', reader: 'test', options: '{}' })
  const before = used()
  const found = Array.from({ length: REFERENCES }, (_, index) => ({
    address: `s3://pool/disks/customer-${index}.qcow2`,
    identity: `remote:${index}`,
    named: false,
    size: 2 ** 31,
    linked: false,
    open: () => {
      throw new Error('it is not read here')
    },
  }))
  await open.add(found, 0)
  const waiting = (used() - before) / REFERENCES
  const estimate = ImageQueue.estimate(found) / REFERENCES
  await open.close()
  console.log(
    `memory: ${Math.round(waiting)} bytes of the server for each of ${REFERENCES} references that wait, estimated ${Math.round(estimate)}`,
  )
  if (waiting > estimate) faults++
}

try {
  const references = makeImages()
  writeFileSync(list, references.map(reference => `${reference}\n`).join(''))
  const scanned = performance.now()
  const { stdout: whole } = await start('node', [
    'scan',
    '--files-from',
    list,
    '--workers',
    '6',
    '-o',
    'ndjson',
  ]).ended
  const lines = whole.split('\n').length - 1
  console.log(
    `${count} images, ${lines} records: ${((performance.now() - scanned) / 1000).toFixed(0)} s by one scan`,
  )
  for (const [what, fault] of Object.entries(FAULTS)) {
    await queue('drain', '--all')
    const begun = performance.now()
    await fault()
    await expectWhole(what, whole, begun)
  }
  await queue('drain', '--all')
  await poison(references, whole)
  await measureMemory()
} finally {
  for (const child of children) child.kill('SIGKILL')
  await redis.stop()
  await objects.close()
  rmSync(directory, { recursive: true, force: true })
}
console.log(`${Object.keys(FAULTS).length + 2} faults tried, ${faults} differ`)
process.exit(faults > 0 ? 1 : 0)
