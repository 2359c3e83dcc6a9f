import { describe, expect, test } from 'vitest'
import { CAUSE_CODES } from '../../src/findings/cause-codes.ts'
import { CAUSES } from '../../src/findings/guest-causes.ts'
import { bootModes, parseBootMode } from '../../src/xen/boot-mode.ts'
import { buildDecoder, findDecoder, packedBy } from '../../src/xen/remedies/build-lines.ts'
import { forGuest, NO_DOM0_BIT, NOT_FOR_XEN } from '../../src/xen/remedies/by-guest.ts'
import { generalRemedies } from '../../src/xen/remedies/general.ts'
import { cheapestFirst, type Remedy, type RemedyKind, remedy } from '../../src/xen/remedies/remedy.ts'
import { remedyText } from '../../src/xen/remedies/remedy-text.ts'
import { ask } from './ask.ts'
import { bzImage, kernel, linuxNotes } from './kernels.ts'

/** What is done to a file or by a command; the others are another image or another release. */
const TO_THE_LETTER: ReadonlySet<RemedyKind> = new Set<RemedyKind>([
  'build-fact',
  'guest-config',
  'boot-mode',
  'host-config',
  'repack',
  'kernel-option',
  'xen-build',
])

const GENERAL = CAUSE_CODES.flatMap(code =>
  bootModes.flatMap(mode => generalRemedies(code, parseBootMode(mode))),
)
const OF_GUESTS: Remedy[] = Object.values(CAUSES).flatMap(({ remedies }) => remedies)

describe('what is to be done', () => {
  test('has the command, or the line and its file', () => {
    const vague = [...GENERAL, ...OF_GUESTS].filter(
      ({ kind, action }) => TO_THE_LETTER.has(kind) && action === undefined,
    )
    expect(vague.map(remedyText)).toEqual([])
  })

  test('is in the order of who can do it and what it costs', () => {
    const lists = [
      ...CAUSE_CODES.map(code => generalRemedies(code)),
      ...Object.values(CAUSES).map(({ remedies }): readonly Remedy[] => remedies),
    ]
    for (const list of lists) expect(list).toEqual(list.toSorted(cheapestFirst()))
  })

  test('is done by who runs the host where the kernel is that of dom0', () => {
    const cloud = kernel({ notes: linuxNotes({ SUPPORTED_FEATURES: '00000000' }) })
    const { remedies, verdict } = ask(cloud, '4.17.4', 'pv-dom0')
    expect(verdict).toBe('refuses')
    expect(new Set(remedies.map(({ by }) => by))).toEqual(new Set(['host']))
  })
})

describe('cheapestFirst', () => {
  test('puts what a tenant can do first, then what costs least, then what cures most', () => {
    const all = [
      remedy('release', 'upgrade'),
      remedy('image', 'few'),
      remedy('boot-mode', 'mode'),
      remedy('image', 'many'),
      remedy('repack', 'repack'),
      remedy('build-fact', 'find out'),
    ]
    const cures = ({ text }: Remedy) => (text === 'many' ? 9 : text === 'upgrade' ? 99 : 1)
    expect(all.toSorted(cheapestFirst(cures)).map(({ text }) => text)).toEqual([
      ...['find out', 'repack', 'many', 'few', 'mode', 'upgrade'],
    ])
  })
})

describe('lines of builds', () => {
  test('the codec of a Linux is one of a choice: the one that it has is switched off', () => {
    expect(remedyText(packedBy('gzip', 'xz'))).toBe(
      'Build the kernel with CONFIG_KERNEL_GZIP=y in its .config: scripts/config -d KERNEL_XZ -e KERNEL_GZIP && make olddefconfig bzImage',
    )
    expect(remedyText(packedBy('gzip'))).toContain(
      '-d KERNEL_XZ -d KERNEL_LZO -d KERNEL_LZ4 -d KERNEL_ZSTD -e',
    )
  })

  test('options for Xen are switched on together with those that they depend on', () => {
    const line = (table: typeof NOT_FOR_XEN, mode: string) =>
      forGuest(table, { system: 'linux' }, parseBootMode(mode as 'pv-dom0'))
        .map(remedyText)
        .join('\n')
    expect(line(NOT_FOR_XEN, 'pvh-domU')).toContain(
      '-e HYPERVISOR_GUEST -e PARAVIRT -e XEN -e PVH -e XEN_PVH',
    )
    expect(line(NO_DOM0_BIT, 'pv-dom0')).toContain('-e XEN -e XEN_PV -e XEN_DOM0')
    expect(line(NO_DOM0_BIT, 'pvh-dom0')).toContain('-e XEN -e XEN_PVH -e XEN_DOM0')
  })

  test('a toolstack without a decoder: the packages, and what configure writes where', () => {
    const xz = bzImage(kernel(), 'xz')
    const refused = ask(xz, '4.5.0', 'pv-domU', { build: { decoders: { xz: false } } })
    expect(refused.remedies.map(remedyText)).toContain(
      'Install liblzma-dev (Debian) or xz-devel (Fedora) where the toolstack is built, run ./configure, and build it anew; configure then writes: -DHAVE_LZMA in the ZLIB line of config/Tools.mk',
    )
    const [first, ...rest] = ask(xz, '4.5.0', 'pv-domU', {}).remedies
    expect(first).toEqual(findDecoder('xz'))
    expect(rest).toContainEqual(buildDecoder('xz', 'configure')[0])
    expect(buildDecoder('gzip', 'configure')).toEqual([])
  })

  test('Xen before 4.2.0 has no configure: the Makefile of libxc looks for headers', () => {
    const xz = bzImage(kernel(), 'xz')
    for (const [release, text] of [
      ['4.1.6.1', 'Makefile then finds lzma.h: make -C tools/libxc clean && make tools'],
      ['4.2.0', 'run ./configure'],
    ] as const) {
      const { remedies } = ask(xz, release, 'pv-domU', { build: { decoders: { xz: false } } })
      expect(remedies.map(remedyText).join('\n')).toContain(text)
    }
  })
})
