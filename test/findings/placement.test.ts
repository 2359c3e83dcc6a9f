import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JudgedBuild } from '../../src/findings/builds.ts'
import { ImageIndex, matchesImage } from '../../src/findings/image-index.ts'
import type { JudgedKernel } from '../../src/findings/kernels.ts'
import { placeKernels } from '../../src/findings/placement.ts'
import type { Placement } from '../../src/inventory/host.ts'
import { matchesName } from '../../src/inventory/name-glob.ts'

const part = fc.constantFrom('', 'a', 'b', 'ab', 'web1', 'web1!', 'vmlinuz', '!')
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'))
const globPart = fc.constantFrom('', 'a', 'b', '*', 'a*', '?b', 'web?', 'web1', '*1!', 'vmlinuz', '**')
const glob = fc.array(globPart, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))

const kernelOf = (images: string[]): JudgedKernel =>
  ({ images, digests: new Map(images.map(image => [image, `sha256:${image.length}`])) }) as JudgedKernel
const kernels = fc
  .uniqueArray(path, { minLength: 1, maxLength: 12 })
  .chain(paths =>
    fc
      .array(fc.nat({ max: 2 }), { minLength: paths.length, maxLength: paths.length })
      .map(of => [0, 1, 2].map(kernel => kernelOf(paths.filter((_, at) => of[at] === kernel)))),
  )
const reference = fc.oneof(
  { weight: 5, arbitrary: glob.map(glob => ({ glob })) },
  { weight: 1, arbitrary: fc.nat({ max: 8 }).map(length => ({ digest: `sha256:${length}` })) },
)

describe('images of references', () => {
  test('are those that a look at every image finds', () => {
    fc.assert(
      fc.property(kernels, fc.array(reference, { minLength: 1, maxLength: 3 }), (kernels, references) => {
        const expected = kernels.flatMap(({ images, digests }, kernel) => {
          const named = images.flatMap((image, index) =>
            references.some(one => matchesImage(one, image, digests.get(image))) ? [index] : [],
          )
          return named.length === 0 ? [] : [[kernel, named] as const]
        })
        expect([...new ImageIndex(kernels).find(references)]).toEqual(expected)
        expect([...new ImageIndex(kernels, 0).find(references)]).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

const BUILDS = [
  { members: [{ name: 'h1' }, { name: 'x1', pools: ['p'] }] },
  { members: [{ name: 'h2', pools: ['p', 'q'] }, { name: 'h3' }] },
] as unknown as JudgedBuild[]

const placement = fc.record({
  hosts: fc.subarray(['h1', 'h*', '*1', 'h3', 'none'], { maxLength: 2 }),
  pools: fc.subarray(['p', 'q'], { maxLength: 1 }),
  images: fc.array(reference, { minLength: 1, maxLength: 2 }),
  mode: fc.constantFrom(undefined, 'pv-domU' as const),
  boot: fc.constantFrom(undefined, 'pygrub' as const, 'pvgrub2@2.06' as const),
})

describe('placements', () => {
  test('count each pair of a host and an image once, booted as the first placement says that says so', () => {
    const modes = ['pv-domU', 'pvh-domU'] as const
    fc.assert(
      fc.property(kernels, fc.array(placement, { minLength: 1, maxLength: 5 }), (kernels, list) => {
        const placements = list.map(({ mode, boot, ...rest }) => ({
          ...rest,
          ...(mode !== undefined && { mode }),
          ...(boot !== undefined && { boot }),
        })) as unknown as Placement[]
        const placed = placeKernels(kernels, BUILDS, placements, modes, new ImageIndex(kernels))
        const told = placed.map(({ kernel, build, mode, guests, hosts, images, paths }) => ({
          ...{ kernel, build, mode, guests },
          hosts: new Set(hosts),
          images: new Set(images),
          paths: [...paths],
        }))
        expect(told).toEqual(pairByPair(kernels, placements, modes))
      }),
      { numRuns: 500 },
    )
  })
})

/** The same by looking at every host with every image, in every placement. */
function pairByPair(
  kernels: readonly JudgedKernel[],
  placements: readonly Placement[],
  modes: readonly ('pv-domU' | 'pvh-domU')[],
) {
  return kernels.flatMap(({ images, digests }, kernel) =>
    BUILDS.flatMap(({ members }, build) =>
      modes.flatMap(mode => {
        const hosts = new Set<string>()
        const own = new Set<string>()
        const paths = new Set<string>()
        let guests = 0
        for (const { name, pools = [] } of members) {
          for (const image of images) {
            const naming = placements.filter(
              placement =>
                (placement.mode ?? mode) === mode &&
                (placement.hosts.some(glob => matchesName(glob, name)) ||
                  placement.pools.some(pool => pools.includes(pool))) &&
                placement.images.some(one => matchesImage(one, image, digests.get(image))),
            )
            if (naming.length === 0) continue
            guests++
            hosts.add(name)
            own.add(image)
            paths.add(naming.find(({ boot }) => boot !== undefined)?.boot ?? 'direct')
          }
        }
        return guests === 0
          ? []
          : [{ kernel, build, mode, guests, hosts, images: own, paths: [...paths].sort() }]
      }),
    ),
  )
}

test('cells with the same areas share one list of hosts', () => {
  const kernels = [kernelOf(['a/vmlinuz']), kernelOf(['b/vmlinuz']), kernelOf(['c'])]
  const onAll = { hosts: ['h*'], pools: [], images: [{ glob: '*vmlinuz' }] }
  const onOne = { hosts: ['h1'], pools: [], images: [{ glob: 'c' }] }
  const placements = [onAll, onOne] as unknown as Placement[]
  const placed = placeKernels(kernels, BUILDS, placements, ['pv-domU'], new ImageIndex(kernels))
  const [first, second, third] = [0, 1, 2].map(
    index => placed.find(({ kernel, build }) => kernel === index && build === 0)!,
  )
  expect(first!.hosts).toEqual(['h1'])
  expect(second!.hosts).toBe(first!.hosts)
  expect(third!.hosts).toEqual(['h1'])
})
