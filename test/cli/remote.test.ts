/** Images on servers, read by the built command: the same records as of files, and no secrets in anything that is written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ObjectServer, serveObjects } from '../source/remote/object-server.ts'
import { isDeno, records, root, run } from './run.ts'

const CATALOGUE = join(root, 'fixtures/catalogue')
const DISKS = ['gpt.img', 'overlay.qcow2', 'zstd.deb', 'gnu.tar', 'flat.vmdk']
/** What those name. */
const NAMED = ['base.qcow2', 'flat-flat.vmdk']

let directory: string
let server: ObjectServer
let names: string[]
beforeAll(async () => {
  server = await serveObjects()
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-remote-'))
  const kernels = readdirSync(CATALOGUE)
  for (const name of kernels) put(name, readFileSync(join(CATALOGUE, name)))
  for (const name of [...DISKS, ...NAMED]) {
    put(name, brotliDecompressSync(readFileSync(join(root, `fixtures/disks/${name}.br`))))
  }
  names = [...kernels, ...DISKS]
})
afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

function put(name: string, bytes: Uint8Array): void {
  writeFileSync(join(directory, name), bytes)
  server.objects.set(`/pool/${name}`, bytes)
}

const url = (name: string) => `${server.url}/pool/${name}`
const list = () => names.map(name => `${url(name)}\n`).join('')
const scan = (args: readonly string[], input?: string, hosts = '127.0.0.1') =>
  run(['scan', '--timeout', '5', '--retries', '1', '-o', 'ndjson', ...args], {
    cwd: directory,
    hosts,
    ...(input !== undefined && { input }),
  })

test('a scan of references gives the records of a scan of files', async () => {
  const local = await scan(names)
  const remote = await scan(['--files-from', '-', '--workers', '2'], list())
  expect(remote.stderr).toBe('')
  expect(remote.stdout.replaceAll(`${server.url}/pool/`, '')).toBe(local.stdout)
  expect(remote.code).toBe(local.code)
})

test('a journal is gone on with, as long as the objects are the same', async () => {
  const args = ['--files-from', '-', '--journal', 'journal', '--workers', '1']
  const first = await scan(args, list())
  server.requests = []
  expect((await scan(args, list())).stdout).toBe(first.stdout)
  const bare = server.requests.filter(({ path }) => path.endsWith('linux-3.13-pvh'))
  expect(bare.map(({ range }) => range)).toEqual([[0, 1]])
})

test('no secret appears in anything that is written', async () => {
  const secret = `${server.url.replace('//', '//me:SECRET@')}/pool/gpt.img?X-Amz-Signature=SECRET`
  const gone = `${url('gone.img')}?sig=SECRET`
  const outputs = ['-o', 'json=a.json', '-o', 'table=a.txt', '--journal', 'secret.journal']
  const { stdout, stderr, code } = await scan([secret, gone, ...outputs])
  expect(code).toBe(2)
  expect(records(stdout).map(({ image }) => image)).toContain(`${url('gpt.img')}!/part1/boot/vmlinuz-6.1`)
  const explained = await run(['explain', `${secret}!/part1/boot/none`, '--xen', '4.17.4'], {
    hosts: '127.0.0.1',
  })
  const listed = await run(['list', secret, '-o', 'json'], { hosts: '127.0.0.1' })
  expect(explained.code).toBe(1)
  expect(listed.code).toBe(0)
  const written = ['a.json', 'a.txt', 'secret.journal'].map(name =>
    readFileSync(join(directory, name), 'utf8'),
  )
  for (const text of [stdout, stderr, explained.stderr, listed.stdout, ...written]) {
    expect(text).not.toContain('SECRET')
    expect(text).not.toContain('sig=')
  }
  expect(server.requests.at(-1)!.headers.authorization).toBe(`Basic ${btoa('me:SECRET')}`)
})

test('what an image names is read beside it and nowhere else', async () => {
  const header = Buffer.alloc(4096)
  header.write('QFI\xfb', 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeBigUInt64BE(512n, 8)
  header.writeUInt32BE(16, 20)
  header.writeBigUInt64BE(65536n, 24)
  for (const [index, backing] of ['/etc/shadow', '../x', 'http://127.0.0.1/x', 'a/../../x'].entries()) {
    const image = Buffer.from(header)
    image.writeUInt32BE(backing.length, 16)
    image.write(backing, 512)
    server.objects.set(`/pool/hostile-${index}.qcow2`, image)
  }
  server.requests = []
  const { stdout } = await scan([0, 1, 2, 3].map(index => url(`hostile-${index}.qcow2`)))
  expect(records(stdout).map(({ problem }) => problem?.code)).toEqual(Array(4).fill('backing-outside'))
  expect(server.requests.every(({ path }) => path.startsWith('/pool/hostile-'))).toBe(true)
})

test('--no-private refuses what is inside the network, and metadata services are always refused', async () => {
  const { stdout } = await scan(['--no-private', url('gpt.img'), 'http://169.254.169.254/x'])
  expect(records(stdout).map(({ problem }) => problem.code)).toEqual(['remote-forbidden', 'remote-forbidden'])
})

test('an object that changes in the middle gives a problem and no mixed record', async () => {
  server.fault = ({ path }) => {
    if (path.endsWith('overlay.qcow2')) server.etag = () => `"${server.requests.length}"`
    return false
  }
  const etag = server.etag
  try {
    const { stdout } = await scan([url('overlay.qcow2')])
    expect(records(stdout)).toMatchObject([{ problem: { code: 'changed' } }])
  } finally {
    server.fault = undefined
    server.etag = etag
  }
})

test.runIf(isDeno)('Deno needs the permission for the host and says so', async () => {
  const { stdout } = await run(['scan', url('gpt.img'), '-o', 'ndjson', '--retries', '0'])
  expect(records(stdout)).toMatchObject([{ problem: { code: 'remote-forbidden' } }])
  expect(records(stdout)[0].problem.message).toContain('--allow-net=127.0.0.1')
})
