import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { describeLayers } from '../../../src/containers/describe.ts'
import { openInside } from '../../../src/containers/resolve.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { contextOf, expectCodedErrors, memoryFiles, walkedBy } from '../container-suite.ts'
import { type TarMember, tarOf } from '../tar-maker.ts'

const kernel = new Uint8Array(
  readFileSync(new URL('../../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)
const file = (path: string, bytes = kernel): TarMember => ({ path, bytes })
const whiteout = (path: string): TarMember => ({ path, bytes: new Uint8Array() })

/** From the lowest to the uppermost. */
const LAYERS = [
  [file('boot/vmlinuz-5'), file('boot/vmlinuz-6'), file('boot/old/vmlinuz-4'), file('vmlinuz-3')],
  [whiteout('boot/.wh.vmlinuz-5'), whiteout('boot/old/.wh..wh..opq'), file('boot/old/vmlinuz-4.9')],
  [file('boot/vmlinuz-7'), file('vmlinuz-3', new TextEncoder().encode('now a text'))],
].map(tarOf)
const MERGED = ['boot/old/vmlinuz-4.9', 'boot/vmlinuz-6', 'boot/vmlinuz-7']

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

/** A store of OCI's layout, by the paths of its files. */
class Layout {
  readonly files: Record<string, Uint8Array> = { 'oci-layout': text({ imageLayoutVersion: '1.0.0' }) }

  blob(bytes: Uint8Array, mediaType: string, more: object = {}): object {
    const hex = createHash('sha256').update(bytes).digest('hex')
    this.files[`blobs/sha256/${hex}`] = bytes
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length, ...more }
  }

  image(layers: readonly Uint8Array[], more: object = {}, architecture = 'amd64'): object {
    const config = this.blob(text({ os: 'linux', architecture }), 'application/vnd.oci.image.config.v1+json')
    const manifest = {
      schemaVersion: 2,
      config,
      layers: layers.map(layer => this.blob(layer, 'application/vnd.oci.image.layer.v1.tar')),
    }
    return this.blob(text(manifest), 'application/vnd.oci.image.manifest.v1+json', more)
  }

  index(manifests: readonly object[]): this {
    this.files['index.json'] = text({ schemaVersion: 2, manifests })
    return this
  }

  get archive(): Uint8Array {
    return tarOf(Object.entries(this.files).map(([path, bytes]) => ({ path, bytes })))
  }

  walked(): string[] {
    const { context } = contextOf({ files: memoryFiles(this.files) })
    return walkedBy(new MemorySource(this.files['index.json']!), context).sort()
  }
}

const single = (layers = LAYERS) => {
  const layout = new Layout()
  return layout.index([layout.image(layers)])
}

describe('an image in a directory of the layout', () => {
  test('has the files that its layers leave', () => expect(single().walked()).toEqual(MERGED))

  test('may have packed layers, each by its own codec', () => {
    const packed = LAYERS.map((layer, index) => (index === 1 ? layer : new Uint8Array(gzipSync(layer))))
    expect(single(packed).walked()).toEqual(MERGED)
  })

  test('lacks the files of a layer that is not there, and of one that is broken', () => {
    const layout = single([LAYERS[0]!, LAYERS[2]!])
    const digest = createHash('sha256').update(LAYERS[2]!).digest('hex')
    delete layout.files[`blobs/sha256/${digest}`]
    const kernels = ['boot/old/vmlinuz-4', 'boot/vmlinuz-5', 'boot/vmlinuz-6', 'vmlinuz-3']
    expect(layout.walked()).toEqual(['!: backing-missing', ...kernels])
    const broken = new Uint8Array(gzipSync(LAYERS[2]!))
    broken.fill(0xff, 100, 200)
    expect(single([LAYERS[0]!, broken]).walked()).toEqual(['!: container-corrupt', ...kernels])
  })

  test('is none where no oci-layout says so', () => {
    const layout = single()
    delete layout.files['oci-layout']
    expect(layout.walked()).toEqual(['no container'])
  })

  test('cannot name a file by what is no digest', () => {
    const layout = new Layout()
    layout.index([{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: '../../etc/shadow' }])
    expect(layout.walked()).toEqual(['!: container-corrupt'])
  })

  test('cannot name indexes in a circle', () => {
    const layout = new Layout()
    const inner = layout.blob(
      text({ schemaVersion: 2, manifests: [] }),
      'application/vnd.oci.image.index.v1+json',
    )
    const path = Object.keys(layout.files).at(-1)!
    layout.index([inner])
    layout.files[path] = layout.files['index.json']!
    expect(layout.walked()).toEqual([])
  })
})

describe('images of several platforms and tags', () => {
  const layout = new Layout()
  const amd64 = layout.image([LAYERS[2]!], { platform: { os: 'linux', architecture: 'amd64' } })
  const arm64 = layout.image([LAYERS[0]!], { platform: { os: 'linux', architecture: 'arm64' } }, 'arm64')
  const missing = {
    ...arm64,
    digest: `sha256:${'0'.repeat(64)}`,
    platform: { os: 'linux', architecture: 's390x' },
  }
  const attestation = layout.image([LAYERS[0]!, LAYERS[0]!], {
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  })
  const all = layout.blob(
    text({ schemaVersion: 2, manifests: [amd64, arm64, missing, attestation] }),
    'application/vnd.oci.image.index.v1+json',
    { annotations: { 'org.opencontainers.image.ref.name': '12' } },
  )
  const alone = layout.image([LAYERS[1]!], { annotations: { 'org.opencontainers.image.ref.name': 'old' } })
  layout.index([all, alone])
  const files = memoryFiles(layout.files)
  const index = () => new MemorySource(layout.files['index.json']!)

  test('are volumes of their store', () => {
    expect(layout.walked()).toEqual([
      '12-linux-amd64/boot/vmlinuz-7',
      ...['boot/old/vmlinuz-4', 'boot/vmlinuz-5', 'boot/vmlinuz-6', 'vmlinuz-3'].map(
        path => `12-linux-arm64/${path}`,
      ),
      'old/boot/old/vmlinuz-4.9',
    ])
  })

  test('are remarked where the store has them not', () => {
    const { context, remarks } = contextOf({ files })
    walkedBy(index(), context)
    expect(remarks).toEqual(['The image for linux/s390x is in the index and not in the store.'])
  })

  test('are listed, and opened by their addresses', () => {
    const { context } = contextOf({ files })
    expect(describeLayers(index(), context).volumes).toMatchObject([
      { name: '12-linux-amd64', type: 'linux/amd64', format: 'image of 1 layers' },
      { name: '12-linux-arm64', type: 'linux/arm64' },
      { name: 'old', type: 'linux/amd64' },
    ])
    const found = openInside(index(), context, '12-linux-arm64/boot/vmlinuz-6')
    expect(readBytes(found, 0, found.size)).toEqual(kernel)
    expect(() => openInside(index(), context, '12-linux-arm64/boot/vmlinuz-7')).toThrow('no such file')
    expect(() => openInside(index(), context, 'arm64/boot/vmlinuz-6')).toThrow(
      'its images are 12-linux-amd64, 12-linux-arm64, old',
    )
  })
})

test('a file that an upper layer removes is not opened by its address', () => {
  const layout = single()
  const { context } = contextOf({ files: memoryFiles(layout.files) })
  const open = (inside: string) => openInside(new MemorySource(layout.files['index.json']!), context, inside)
  expect(open('boot/vmlinuz-6').size).toBe(kernel.length)
  for (const gone of ['boot/vmlinuz-5', 'boot/old/vmlinuz-4'])
    expect(() => open(gone)).toThrow('no such file')
})

describe('an archive', () => {
  const walked = (bytes: Uint8Array) => walkedBy(new MemorySource(bytes), contextOf().context).sort()

  test("of OCI's layout has its image", () => {
    expect(walked(single().archive)).toEqual(MERGED)
    expect(walked(new Uint8Array(gzipSync(single().archive)))).toEqual(MERGED)
  })

  const id = (digit: string) => digit.repeat(64)
  const docker = tarOf([
    ...LAYERS.map((bytes, index) => ({ path: `${id(`${index}`)}.tar`, bytes })),
    ...LAYERS.map((_, index) => ({ path: `${id('a')}/layer.tar`, link: `../${id(`${index}`)}.tar` })).slice(
      0,
      1,
    ),
    { path: `${id('c')}.json`, bytes: text({}) },
    {
      path: 'manifest.json',
      bytes: text([
        {
          Config: `${id('c')}.json`,
          RepoTags: ['registry.example/os/debian:12'],
          Layers: [`${id('a')}/layer.tar`, `${id('1')}.tar`, `${id('2')}.tar`],
        },
      ]),
    },
  ])

  test("of Docker's has its image, through links to layers", () => expect(walked(docker)).toEqual(MERGED))

  test('of files that no image has is a tar as any other', () => {
    expect(walked(tarOf([file('manifest.json', text([])), file('boot/vmlinuz-6')]))).toEqual([
      'boot/vmlinuz-6',
    ])
  })

  test('ends as a coded error', () => {
    const read = (source: Source) => {
      walkedBy(source, contextOf({ limits: { steps: 200_000, metadata: 2 ** 22 } }).context)
    }
    expectCodedErrors(single().archive, read, { runs: 30 })
    expectCodedErrors(docker, read, { from: docker.length - 2000, runs: 30 })
  })
})

test('a hard link where kernels lie has what it leads to', () => {
  const archive = tarOf([
    file('sysroot/ostree/repo/objects/ab/cd.file'),
    { path: 'usr/lib/modules/6.1/vmlinuz', hardLink: 'sysroot/ostree/repo/objects/ab/cd.file' },
  ])
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(archive), context)).toEqual(['usr/lib/modules/6.1/vmlinuz'])
})
