/** A fleet made up from its sizes: kernels of the kinds that operators have, on builds of all ages. */

import type {
  Audit,
  Build,
  Cause,
  Cell,
  Change,
  Counts,
  FullVerdict,
  Kernel,
  LaterRefusal,
} from '../../../src/findings/model.ts'
import { type BootModeName, bootModes } from '../../../src/xen/boot-mode.ts'
import { releases } from '../../../src/xen/releases.ts'
import { type Trouble, type TroubleName, troubles } from './troubles.ts'

export interface FleetSize {
  kernels: number
  builds: number
  images?: number
  hosts?: number
  modes?: readonly BootModeName[]
  /** An upgrade of all hosts to this release; without it the catalogue as it is. */
  to?: string
  /** Images are placed on some builds only. */
  placed?: boolean
}

const at = (release: string) => {
  const index = releases.indexOf(release)
  if (index === -1) throw new Error(`Cannot find the release ${release}`)
  return index
}

interface Family {
  name: (number: number) => string
  kind: Kernel['kind']
  layers: string
  guest: string
  answer: (release: number, mode: BootModeName) => TroubleName | undefined
}

const isPvh = (mode: BootModeName) => mode.startsWith('pvh')
const isDom0 = (mode: BootModeName) => mode.endsWith('dom0')
const between = (release: number, first: string, last: string) => release >= at(first) && release <= at(last)

const families: readonly Family[] = [
  {
    name: number => `boot/vmlinuz-3.12.${number}-guest`,
    kind: 'bzimage',
    layers: 'bzImage gzip',
    guest: '64-bit linux 2.6',
    answer: (_, mode) => (isPvh(mode) ? 'pvh' : undefined),
  },
  {
    name: number => `boot/vmlinuz-3.13.${number}-pvh`,
    kind: 'bzimage',
    layers: 'bzImage gzip',
    guest: '64-bit linux 2.6',
    answer: (release, mode) => (release < at('4.2.0') ? 'feature' : isPvh(mode) ? 'pvh' : undefined),
  },
  {
    name: number => `boot/vmlinuz-5.10.0-${number}-686-pae`,
    kind: 'bzimage',
    layers: 'bzImage xz',
    guest: '32-bit linux 2.6',
    answer: (release, mode) => (!isPvh(mode) && release >= at('4.16.0') ? 'pv32' : undefined),
  },
  {
    name: number => `boot/vmlinuz-6.1.0-${number}-cloud-amd64`,
    kind: 'bzimage',
    layers: 'bzImage lz4',
    guest: '64-bit linux 2.6',
    answer: (release, mode) =>
      between(release, '4.4.1', '4.11.3') || between(release, '4.12.0', '4.12.1')
        ? 'lz4'
        : release < at('4.4.0')
          ? 'zstd'
          : isDom0(mode)
            ? 'dom0'
            : undefined,
  },
  {
    name: number => `boot/vmlinuz-6.1.0-${number}-amd64`,
    kind: 'bzimage',
    layers: 'bzImage xz',
    guest: '64-bit linux 2.6',
    answer: release => (release < at('4.1.5') ? 'zstd' : undefined),
  },
  {
    name: number => `boot/vmlinuz-6.12.${number}-amd64`,
    kind: 'bzimage',
    layers: 'bzImage xz',
    guest: '64-bit linux 2.6',
    answer: release => (release < at('4.1.5') ? 'zstd' : release < at('4.18.5') ? 'dictionary' : undefined),
  },
  {
    name: number => `boot/vmlinuz-6.12.${number}-cloud-amd64`,
    kind: 'bzimage',
    layers: 'bzImage zstd',
    guest: '64-bit linux 2.6',
    answer: (release, mode) => (release < at('4.15.0') ? 'zstd' : isDom0(mode) ? 'dom0' : undefined),
  },
  {
    name: number => `freebsd-14.${number}/kernel`,
    kind: 'elf',
    layers: 'ELF',
    guest: '64-bit FreeBSD 1400097',
    answer: release => (release < at('4.2.0') ? 'feature' : undefined),
  },
]

const hasMode = (release: number, mode: BootModeName) =>
  mode === 'pvh-domU' ? release >= at('4.4.0') : mode === 'pvh-dom0' ? release >= at('4.5.0') : true

const evidence = (name: string) => [
  {
    gate: `${name}-toolstack`,
    summary: `What the toolstack does where the kernel brings ${name}: the release that changed it is named by its tag.`,
    sources: [
      'RELEASE-4.15.0 tools/libs/guest/xg_dom_bzimageloader.c xc_try_zstd_decode d1ac3f5f5a',
      'RELEASE-4.2.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features ec029aaa9a',
    ],
    ...(name === 'lz4' && { advisory: 'XSA-25' }),
  },
]

const ACCEPTS: FullVerdict = {
  verdict: 'accepts',
  reason: 'The loader takes the kernel.',
  remedies: [],
  assumptions: ['The host has the decoder libraries that its release looks for.'],
  evidence: evidence('note-parsing'),
}
const UNAVAILABLE: FullVerdict = {
  verdict: 'unavailable',
  reason: 'This release does not have this boot mode.',
  remedies: [],
  assumptions: [],
  evidence: [],
}
const verdictOf = (name: TroubleName): FullVerdict => {
  const { title: _, ...rest }: Trouble = troubles[name]
  return { ...rest, assumptions: [], evidence: evidence(name) }
}
const names = Object.keys(troubles) as TroubleName[]
const verdicts: FullVerdict[] = [ACCEPTS, UNAVAILABLE, ...names.map(verdictOf)]

const judge = (family: Family, release: number, mode: BootModeName): number => {
  if (!hasMode(release, mode)) return 1
  const name = family.answer(release, mode)
  return name === undefined ? 0 : 2 + names.indexOf(name)
}

const changeOf = (before: number, after: number): Change => {
  const [then, now] = [verdicts[before]!.verdict, verdicts[after]!.verdict]
  if (then === 'uncertain' || now === 'uncertain') return 'uncertain'
  if (then === 'accepts') return now === 'accepts' ? 'still-fine' : 'breaks'
  return now === 'accepts' ? 'fixed' : 'still-broken'
}

function makeKernels(size: FleetSize): Kernel[] {
  const images = size.images ?? size.kernels * 3
  return Array.from({ length: size.kernels }, (_, index) => {
    const { name, kind, layers, guest } = families[index % families.length]!
    const copies = Math.floor(images / size.kernels) + (index < images % size.kernels ? 1 : 0)
    const own = name(Math.floor(index / families.length) + 1)
    const paths = Array.from(
      { length: Math.max(1, copies) },
      (_, copy) => `/srv/guests/vm-${1000 + index * 7 + copy}/${own}`,
    )
    return { images: paths, kind, layers, guest }
  })
}

function makeBuilds(size: FleetSize): Build[] {
  const first = releases.indexOf('3.4.0')
  const hosts = size.hosts ?? size.builds * 12
  return Array.from({ length: size.builds }, (_, index) => {
    const label =
      releases[first + Math.floor((index * (releases.length - 1 - first)) / Math.max(1, size.builds - 1))]!
    const own = Math.floor(hosts / size.builds) + (index < hosts % size.builds ? 1 : 0)
    return {
      label,
      hosts: Array.from(
        { length: own },
        (_, host) => `xen-${String(index * 40 + host).padStart(4, '0')}.example.net`,
      ),
      pools: [`pool-${index % 5}`],
      remarks:
        index % 7 === 0 ? ['The version has a suffix of its vendor; the upstream release decides.'] : [],
    }
  })
}

export function fleetAudit(size: FleetSize): Audit {
  const modes = [...(size.modes ?? bootModes)]
  const kernels = makeKernels(size)
  const builds = makeBuilds(size)
  const cells: Cell[] = []
  const laterRefusals: LaterRefusal[] = []
  const counts: Counts = { accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 }
  const changes: Record<Change, number> = {
    breaks: 0,
    fixed: 0,
    'still-broken': 0,
    'still-fine': 0,
    uncertain: 0,
  }
  const causes = new Map<number, Cause>()
  for (const [kernel, { images }] of kernels.entries()) {
    const family = families[kernel % families.length]!
    for (const [build, { label, hosts }] of builds.entries()) {
      if (size.placed && (kernel * 5 + build * 3) % 7 > 2) continue
      for (const mode of modes) {
        const guests = size.placed ? 1 + ((kernel + build) % 4) : images.length * hosts.length
        const verdict = judge(family, at(label), mode)
        const after =
          size.to === undefined ? undefined : judge(family, Math.max(at(size.to), at(label)), mode)
        const change = after === undefined ? undefined : changeOf(verdict, after)
        cells.push({
          kernel,
          build,
          mode,
          guests,
          verdict,
          ...(after !== undefined && { after }),
          ...(change && { change }),
        })
        counts[verdicts[verdict]!.verdict] += guests
        if (change !== undefined) changes[change] += guests
        addCause(causes, after ?? verdict, kernel, build, hosts.length, guests)
        if (verdict !== 0 || after !== undefined) continue
        const later = releases.findIndex(
          (_, release) => release > at(label) && judge(family, release, mode) > 1,
        )
        if (later !== -1)
          laterRefusals.push({
            kernel,
            build,
            mode,
            release: releases[later]!,
            verdict: judge(family, later, mode),
          })
      }
    }
  }
  const sorted = [...causes.values()].sort((a, b) => b.guests - a.guests)
  return {
    version: 2,
    tool: 'xen-preflight 0.1.0',
    created: '2026-01-15T09:30:00.000Z',
    kind: size.to === undefined ? 'audit' : 'upgrade',
    ...(size.to !== undefined && { to: size.to }),
    modes,
    kernels,
    builds,
    verdicts,
    cells,
    causes: sorted,
    counts: size.to === undefined ? counts : { ...counts, changes },
    acceptedNowhere: kernels.length > 6 ? [6] : [],
    outdatedBuilds: builds.length > 3 ? [0, 1] : [],
    laterRefusals,
    plan:
      size.to === undefined
        ? []
        : [
            {
              action: 'replace-kernel',
              builds: [],
              kernels: kernels.flatMap((_, kernel) => (kernel % families.length === 2 ? [kernel] : [])),
              hosts: 0,
              guests: 130,
              text: 'Replace the 32-bit PV kernels by 64-bit ones, or boot these guests as HVM: every later release refuses them.',
            },
            {
              action: 'upgrade-hosts',
              builds: builds.map((_, build) => build).slice(0, Math.ceil(builds.length / 2)),
              kernels: [],
              hosts: builds
                .slice(0, Math.ceil(builds.length / 2))
                .reduce((sum, { hosts }) => sum + hosts.length, 0),
              guests: 400,
              text: `Upgrade the oldest hosts to ${size.to}: nothing that runs there stops.`,
            },
            {
              action: 'hold-hosts',
              builds: [builds.length - 1],
              kernels: [],
              hosts: builds.at(-1)!.hosts.length,
              guests: 12,
              text: 'Hold the rest until their kernels are replaced.',
            },
          ],
    ignored: cells
      .filter(({ kernel, build, mode }) => kernel === 1 && build < 2 && mode === modes[0])
      .map(({ kernel, build, mode }) => ({
        kernel,
        build,
        mode,
        reason: 'Decommissioned with the rack in March',
        expires: '2026-03-31',
      })),
    expired: ['unknown-feature on legacy-*: expired 2025-12-31'],
    inventory: {
      files: ['inventory.yaml', 'hosts.csv'],
      hosts: builds.reduce((sum, { hosts }) => sum + hosts.length, 0),
      placements: size.placed ? 100 : 0,
      leftOut: 3,
      reasons: { 'no-version': 2, 'broken-line': 1 },
      problems: [
        {
          code: 'no-version',
          severity: 'error',
          file: 'inventory.yaml',
          line: 14,
          field: 'hosts[2].xen',
          message: 'expected a Xen version such as 4.17.2, found nothing',
          leavesOut: 2,
        },
        {
          code: 'broken-line',
          severity: 'error',
          file: 'hosts.csv',
          line: 4711,
          message: 'expected 5 columns, found 3',
          leavesOut: 1,
        },
        {
          code: 'unknown-field',
          severity: 'warning',
          file: 'inventory.yaml',
          line: 3,
          field: 'pools.legacy.labls',
          message: 'the field is not known; did you mean labels?',
        },
      ],
    },
  }
}

function addCause(
  causes: Map<number, Cause>,
  verdict: number,
  kernel: number,
  build: number,
  hosts: number,
  guests: number,
): void {
  const name = names[verdict - 2]
  if (name === undefined) return
  const trouble: Trouble = troubles[name]
  let cause = causes.get(verdict)
  if (cause === undefined) {
    const { stage: _, ...rest } = trouble
    cause = { ...rest, kernels: [], builds: [], hosts: 0, guests: 0 }
    causes.set(verdict, cause)
  }
  if (!cause.kernels.includes(kernel)) cause.kernels.push(kernel)
  if (!cause.builds.includes(build)) {
    cause.builds.push(build)
    cause.hosts += hosts
  }
  cause.guests += guests
}
