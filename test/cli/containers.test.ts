import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskOf } from '../containers/container-suite.ts'
import { tarOf } from '../containers/tar-maker.ts'
import { runTool } from '../unwrap/codec-suite.ts'
import { records, run } from './run.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'containers-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const put = (name: string, bytes: Uint8Array = diskOf(name)) => {
  writeFileSync(join(directory, name), bytes)
  return join(directory, name)
}
const catalogue = new URL('../../fixtures/catalogue/', import.meta.url)
const KERNELS = [
  ['vmlinuz-6.1', 'linux-6.1-lz4'],
  ['vmlinuz-6.12', 'linux-6.12-zstd'],
]
const scan = (...args: string[]) => run(['scan', '-o', 'ndjson', '--no-progress', ...args])

describe('scan', () => {
  const names = ['disk.qcow2', 'gpt.img', 'dynamic.vhd', 'gnu.tar', 'pax.tar.xz']
  beforeEach(() => {
    put('disk.qcow2', diskOf('zlib.qcow2'))
    put('gpt.img')
    put('dynamic.vhd')
    put('gnu.tar')
    put('pax.tar.xz', runTool('xz', ['-c'], diskOf('pax.tar')))
    put('readme.txt', new TextEncoder().encode('nothing\n'))
  })

  test.each(['0', '2'])('finds the kernels of all containers in a folder, with %s workers', async workers => {
    const { stdout, code, stderr } = await scan(directory, '--workers', workers)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = records(stdout).map(({ image }) => image)
    const inside = (name: string) => (name.includes('tar') ? 'boot' : 'part1/boot')
    expect(found).toEqual(
      names
        .toSorted()
        .flatMap(name => KERNELS.map(([kernel]) => `${join(directory, name)}!/${inside(name)}/${kernel}`)),
    )
  })

  test('gives the facts that the bare kernels have, and the layers that were passed', async () => {
    const [first] = records((await scan(join(directory, 'disk.qcow2'))).stdout)
    const [bare] = records((await scan(new URL('linux-6.1-lz4', catalogue).pathname)).stdout)
    expect({ kind: first.kind, facts: first.facts }).toEqual({ kind: bare.kind, facts: bare.facts })
    expect(first.container).toEqual([
      { format: 'qcow2' },
      { format: 'gpt', volume: 'part1' },
      { format: 'ext2', path: '/boot/vmlinuz-6.1' },
    ])
  })

  test('says what is to be known of the state of a layer', async () => {
    const dirty = diskOf('plain.qcow2').slice()
    new DataView(dirty.buffer).setBigUint64(72, 1n)
    const found = records((await scan(put('dirty.qcow2', dirty))).stdout)
    expect(found.map(({ remarks }) => remarks)).toEqual(
      Array(2).fill(['The qcow2 image was not closed properly (dirty bit).']),
    )
  })

  test('finds the kernels of an image in a directory of OCI, once, and in an archive of it', async () => {
    const layout = join(directory, 'oci')
    mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
    const blob = (bytes: Uint8Array) => {
      const hex = createHash('sha256').update(bytes).digest('hex')
      put(`oci/blobs/sha256/${hex}`, bytes)
      return { digest: `sha256:${hex}`, size: bytes.length }
    }
    const json = (value: object) => new TextEncoder().encode(JSON.stringify(value))
    const removed = tarOf([{ path: 'boot/.wh.vmlinuz-6.12', bytes: new Uint8Array() }])
    const layers = [runTool('gzip', ['-c'], diskOf('pax.tar')), removed].map(blob)
    const manifest = blob(json({ schemaVersion: 2, config: blob(json({})), layers }))
    put('oci/index.json', json({ schemaVersion: 2, manifests: [manifest] }))
    put('oci/oci-layout', json({ imageLayoutVersion: '1.0.0' }))
    const archive = join(directory, 'oci.tar')
    execFileSync('tar', ['-C', layout, '-cf', archive, '.'])
    const names = async (path: string) => records((await scan(path)).stdout).map(({ image }) => image)
    expect(await names(layout)).toEqual([`${layout}/index.json!/boot/vmlinuz-6.1`])
    expect(await names(archive)).toEqual([`${archive}!/boot/vmlinuz-6.1`])
    const { stdout } = await run(['list', layout])
    expect(stdout).toContain('image of 2 layers')
  })

  test('with a journal gives the same again', async () => {
    const journal = join(directory, '..', `${directory.split('/').at(-1)}.journal`)
    try {
      const first = await scan(directory, '--journal', journal)
      expect((await scan(directory, '--journal', journal)).stdout).toBe(first.stdout)
      expect(readFileSync(journal, 'utf8')).toContain('"inside":"part1/boot/vmlinuz-6.1"')
    } finally {
      rmSync(journal, { force: true })
    }
  })

  test('shards share the containers out, and lose none', async () => {
    const all = records((await scan(directory)).stdout).map(({ image }) => image)
    const parts = []
    for (const shard of ['1/3', '2/3', '3/3'])
      parts.push(...records((await scan(directory, '--shard', shard)).stdout))
    expect(parts.map(({ image }) => image).sort()).toEqual(all.sort())
  })
})

describe('a container without a kernel', () => {
  const empty = () => put('empty.tar', diskOf('gnu.tar').slice(-10240).fill(0).slice(0, 0))

  test('is counted, and --every-file says why', async () => {
    empty()
    const tar = diskOf('gnu.tar')
    // Up to the first kernel: folders alone.
    const end =
      [...Array(tar.length / 512).keys()].find(block =>
        tar
          .subarray(block * 512, block * 512 + 20)
          .toString()
          .includes('vmlinuz'),
      ) ?? 3
    put('folders.tar', new Uint8Array([...tar.subarray(0, Math.min(end, 1) * 512), ...new Uint8Array(1024)]))
    const table = await run(['scan', directory])
    expect(table.code).toBe(0)
    const { stdout } = await scan(directory, '--every-file')
    const why = records(stdout).find(({ image }) => image.endsWith('folders.tar'))
    expect(why.problem).toEqual({
      code: 'no-kernel-inside',
      message: 'Cannot find a kernel in the container: there is none where kernels lie',
      offset: 0,
    })
  })
})

describe('files that an image names', () => {
  test('are read below the directory of the image', async () => {
    put('overlay.qcow2')
    put('base.qcow2')
    const found = records((await scan(join(directory, 'overlay.qcow2'))).stdout).map(({ image }) => image)
    expect(found).toHaveLength(2)
  })

  test('are refused elsewhere, unless that directory was allowed', async () => {
    mkdirSync(join(directory, 'images'))
    put('base.qcow2')
    const overlay = diskOf('overlay.qcow2').slice()
    const at = new TextDecoder('latin1').decode(overlay.subarray(0, 4096)).indexOf('base.qcow2')
    const name = new TextEncoder().encode('../base.qcow2')
    overlay.set(name, at)
    new DataView(overlay.buffer).setUint32(16, name.length)
    const path = put('images/overlay.qcow2', overlay)
    const refused = await scan(path)
    expect(refused.code).toBe(2)
    expect(records(refused.stdout)).toMatchObject([
      { image: path, problem: { code: 'backing-outside', offset: at } },
    ])
    const allowed = await scan(path, '--backing-root', directory)
    expect(records(allowed.stdout)).toHaveLength(2)
  })
})

describe('an address inside a container', () => {
  test('is taken by notes and explain', async () => {
    const image = `${put('zlib.qcow2')}!/part1/boot/vmlinuz-6.1`
    const notes = await run(['notes', '-o', 'json', image])
    const bare = await run(['notes', '-o', 'json', new URL('linux-6.1-lz4', catalogue).pathname])
    const [inside, outside] = [notes, bare].map(({ stdout }) => JSON.parse(stdout)[0])
    expect({ ...inside, image: '' }).toEqual({ ...outside, image: '' })
    expect((await run(['explain', image, '--xen', '4.17.4'])).stdout).toContain(image)
  })

  test.each([
    ['part2/boot/vmlinuz', 'part2: there is none of that name in the gpt, its volumes are part1'],
    ['part1/boot/none', '/boot/none: the ext2 file system has no such file'],
    ['part1/boot', '/boot: the ext2 file system has no such file'],
    ['@9/part1/boot/vmlinuz', '@9: there is none of that name in the qcow2, it has no snapshots'],
  ])('%s that leads to nothing is said', async (inside, message) => {
    const path = put('zlib.qcow2')
    const { code, stderr } = await run(['notes', `${path}!/${inside}`])
    expect({ code, stderr }).toEqual({ code: 1, stderr: `xen-preflight: ${path}: ${message}\n` })
  })
})

describe('list and extract', () => {
  test('list prints the layers and the kernels with their addresses', async () => {
    const path = put('zlib.qcow2')
    const { stdout, code } = await run(['list', path])
    expect(code).toBe(0)
    expect(stdout).toContain('part1: ext2, 1.0 MiB at 1.0 MiB, type 4f68bce3-e8cd-4db1-96e7-fbcaf984b709')
    const [listing] = JSON.parse((await run(['list', '-o', 'json', path])).stdout)
    expect(listing.kernels).toMatchObject([
      { image: `${path}!/part1/boot/vmlinuz-6.1`, size: 6247, what: 'bzImage lz4' },
      { image: `${path}!/part1/boot/vmlinuz-6.12`, what: 'bzImage zstd' },
    ])
    const other = put('text', new TextEncoder().encode('none'))
    expect((await run(['list', other])).stderr).toContain('it is no disk, archive or package')
  })

  test('extract writes the bytes of a kernel, and the configuration of a volume', async () => {
    const path = put('zlib.qcow2')
    const out = join(directory, 'out')
    expect(await run(['extract', `${path}!/part1/boot/vmlinuz-6.1`, '-o', out])).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(readFileSync(out)).toEqual(readFileSync(new URL('linux-6.1-lz4', catalogue)))
    expect(await run(['extract', '--config', `${path}!/part1`])).toMatchObject({
      code: 0,
      stdout: 'set default=0\n',
    })
    const onto = await run(['extract', `${path}!/part1/boot/vmlinuz-6.1`, '-o', path])
    expect(onto).toMatchObject({
      code: 1,
      stderr: `xen-preflight: Cannot write ${path}: it is the file that is read\n`,
    })
    expect(new Uint8Array(readFileSync(path))).toEqual(diskOf('zlib.qcow2'))
  })
})

test('audit judges the kernels in containers at their addresses', async () => {
  put('zlib.qcow2')
  cpSync(new URL('linux-6.1-lz4', catalogue), join(directory, 'bare'))
  writeFileSync(
    join(directory, 'fleet.yaml'),
    'hosts:\n  - name: a\n    xen: 4.4.4\nplacements:\n  - images: ["zlib.qcow2"]\n    host: a\n',
  )
  const { stdout, stderr } = await run([
    'audit',
    directory,
    '--inventory',
    join(directory, 'fleet.yaml'),
    '-o',
    'ndjson',
    '--no-progress',
  ])
  expect(stderr).toBe('')
  expect(stdout).toContain('zlib.qcow2!/part1/boot/vmlinuz-6.1')
})

test.each([
  ['web01.qcow2!boot/vmlinuz', 'such as web01.qcow2!/boot/vmlinuz'],
  ['web01.qcow2!', 'such as web01.qcow2!/part1/boot/vmlinuz'],
  ['web01.qcow2', 'such as web01.qcow2!/part1/boot/vmlinuz'],
])('extract names the address that %s may have meant', async (address, hint) => {
  const { code, stderr } = await run(['extract', address])
  expect([code, stderr.trimEnd().slice(-hint.length)]).toEqual([1, hint])
})
