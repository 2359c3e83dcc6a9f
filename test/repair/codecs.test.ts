/** Why `repair` packs by gzip, or not at all, and needs no other codec. */
import { describe, expect, test } from 'vitest'
import { hypervisorTarget, type RepairTarget, targetName } from '../../src/repair/target.ts'
import { type BootModeName, bootModes } from '../../src/xen/boot-mode.ts'
import { BOOT_PATHS, isVersioned, VERSIONED } from '../../src/xen/boot-path/boot-path.ts'
import type { BuildFacts } from '../../src/xen/build-option.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import { releases } from '../../src/xen/releases.ts'
import { resolveTarget } from '../../src/xen/target.ts'
import { bootTarget, fixture, read } from './kernels.ts'

/** The same ELF, packed by each codec that Linux knows. */
const OTHERS = ['bzip2', 'lzma', 'lzo', 'lz4', 'xz', 'zstd'].map(codec => ({
  codec,
  facts: read(fixture(`codecs/bzimage-${codec}`)),
}))
const GZIP = read(fixture('codecs/bzimage-gzip'))
const GZIP_ELF = read(fixture('codecs/vmlinux.gz'))
const ELF = read(fixture('codecs/vmlinux'))

const decoders = (has: (codec: string) => boolean): BuildFacts => ({
  ...FULL_BUILD,
  decoders: Object.fromEntries(Object.keys(FULL_BUILD.decoders!).map(codec => [codec, has(codec)])),
})

const targetsOf = (build: BuildFacts): RepairTarget[] => {
  const options = { build }
  return releases.flatMap(release =>
    bootModes.map((mode: BootModeName) =>
      hypervisorTarget(release, { ...resolveTarget(release), options }, mode),
    ),
  )
}

const loaders = BOOT_PATHS.flatMap(path =>
  isVersioned(path) ? VERSIONED[path].versions.map(version => bootTarget(`${path}@${version}`)) : [],
)

const takes = (target: RepairTarget, facts: typeof ELF) => target.ask(facts).verdict === 'accepts'

/** Targets that take the kernel packed by some codec, each with its codec, and take none of `forms`. */
const lost = (targets: readonly RepairTarget[], forms: readonly (typeof ELF)[]) =>
  targets.flatMap(target =>
    forms.some(facts => takes(target, facts))
      ? []
      : OTHERS.filter(({ facts }) => takes(target, facts)).map(
          ({ codec }) => `${targetName(target)}: ${codec}`,
        ),
  )

describe('a bzImage packed by gzip is taken by every target that takes one packed otherwise', () => {
  test.each([
    ['every library', decoders(() => true)],
    // zlib is linked by every build, whatever is said of it.
    ['all but gzip, as is said of it', decoders(one => one !== 'gzip')],
    ...OTHERS.map(({ codec }): [string, BuildFacts] => [
      `gzip and ${codec}`,
      decoders(one => one === 'gzip' || one === codec),
    ]),
  ])('where the toolstack has %s', (_, build) => {
    const targets = targetsOf(build)
    expect(targets.length).toBe(4 * releases.length)
    expect(targets.some(target => takes(target, GZIP))).toBe(true)
    expect(lost(targets, [GZIP])).toEqual([])
  })

  test('of the loaders of guests', () => {
    expect(loaders.some(target => takes(target, GZIP))).toBe(true)
    expect(lost(loaders, [GZIP])).toEqual([])
  })
})

test('a vmlinux that is not packed is taken by all of them but those that run its own start code', () => {
  const targets = [...targetsOf(FULL_BUILD), ...loaders.filter(({ startsItself }) => !startsItself)]
  const others = [GZIP, GZIP_ELF, ...OTHERS.map(({ facts }) => facts)]
  const names = targets
    .filter(target => others.some(facts => takes(target, facts)) && !takes(target, ELF))
    .map(targetName)
  expect(names).toEqual([])
})
