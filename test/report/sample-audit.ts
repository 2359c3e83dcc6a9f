/**
 * Audits made up for the tests of report formats: each kind, every list filled, and names that try what they can.
 * @module
 */

import type { Audit, Build, Cause, Cell, Change, Counts, Kernel } from '../../src/findings/model.ts'
import type { BootModeName } from '../../src/xen/boot-mode.ts'
import type { CauseCode, VerdictWord } from '../../src/xen/verdict.ts'
import {
  ACCEPTS,
  DOM0,
  DOUBT,
  FEATURE,
  FEATURE_OLDER,
  PV32,
  STREAM,
  UNAVAILABLE,
  verdicts,
} from './sample-verdicts.ts'

/** Names that mean something to a format, a terminal or a reader of either. */
export const NASTY_NAMES: readonly string[] = [
  'kernels/comma, quote" and\nnewline',
  'kernels/pipe|tick`s ``two`` <script>alert(1)</script>',
  '=HYPERLINK("http://example.org/?"&A1,"open")\nsecond line',
  "-2+3+cmd|' /C calc'!A0",
  'kernels/[link](http://example.org) @someone www.example.org {0} ]]>&amp;',
  'kernels/esc\u001b[31mred\u001b[0m bell\u0007 del\u007f c1\u0085 nul\u0000',
  'kernels/bidi\u202egnp.exe\u2066 zero\u200bwidth bom\ufeff line\u2028end',
  'kernels/🐧-核心-é\u0301 👨\u200d👩\u200d👧',
  'kernels/half\ud800pair and no\uffffcharacter',
  "'=already quoted",
  'C:\\kernels\\vmlinuz 100%',
  '/srv/kernels/with space/..//vmlinuz#1?',
]

const kernels: Kernel[] = [
  {
    images: ['kernels/linux-3.13-pvh', NASTY_NAMES[0]!, NASTY_NAMES[5]!],
    kind: 'elf',
    layers: 'ELF',
    guest: '64-bit linux 2.6',
  },
  {
    images: [NASTY_NAMES[1]!, ...NASTY_NAMES.slice(7, 9)],
    kind: 'bzimage',
    layers: 'bzImage xz',
    guest: '64-bit linux 2.6',
  },
  { images: [NASTY_NAMES[2]!], kind: 'gzip', layers: 'gzip', guest: '32-bit "GNU", =Mach' },
  {
    images: [NASTY_NAMES[3]!, NASTY_NAMES[9]!],
    kind: 'bzimage',
    layers: 'bzImage zstd',
    guest: '64-bit linux 2.6',
  },
  {
    images: [NASTY_NAMES[4]!, NASTY_NAMES[6]!, NASTY_NAMES[10]!],
    kind: 'elf',
    layers: 'ELF',
    guest: '64-bit unnamed',
  },
  {
    images: [NASTY_NAMES[11]!],
    kind: 'bzimage',
    layers: 'bzImage lz4',
    guest: '',
    problem: {
      code: 'stream-truncated',
      message: 'Cannot unpack the lz4 stream: the input ends',
      offset: 18_000,
    },
  },
]

const builds: Build[] = [
  { label: '4.0.4', hosts: ['xen-old'], pools: [], remarks: [] },
  {
    label: '4.1.6.1',
    hosts: ['xen01', 'xen02', '=cmd|x', 'xen,"04"', 'xen05\nxen06', 'xen\u202e07', 'xen08', 'xen09'],
    pools: ['pool | a', '"pool" b'],
    remarks: [],
  },
  { label: '4.10', hosts: ['xen20'], pools: ['pool | a'], remarks: ['No point release is named'] },
  { label: '4.17.4', hosts: ['xen30', 'xen31'], pools: [], remarks: [] },
  { label: '4.17.4', hosts: ['xen32'], pools: ['<pool>'], remarks: ['Built without PV32'] },
]

const modes: BootModeName[] = ['pv-domU', 'pv-dom0']

/** The answers to a kernel in a mode, a letter a build. */
const ANSWERS: Record<string, number> = {
  a: ACCEPTS,
  f: FEATURE,
  o: FEATURE_OLDER,
  d: DOM0,
  '?': DOUBT,
  '-': UNAVAILABLE,
  p: PV32,
  s: STREAM,
}
const MATRIX: readonly (readonly [domU: string, dom0: string])[] = [
  ['ofaaa', 'ofaaa'],
  ['aa?aa', 'aaddd'],
  ['aaaap', 'aaa-p'],
  ['fffdd', 'ffddd'],
  ['aaaaa', 'aa?aa'],
  ['sssss', 'sss--'],
]

const buildCells = (): Cell[] =>
  MATRIX.flatMap((rows, kernel) =>
    builds.flatMap((_, build) =>
      rows.map(
        (row, mode): Cell => ({
          kernel,
          build,
          mode: modes[mode]!,
          guests: (kernel + 1) * (build + 1) + mode,
          verdict: ANSWERS[row[build]!]!,
        }),
      ),
    ),
  )

const word = (index: number) => verdicts[index]!.verdict

function changeOf(before: VerdictWord, after: VerdictWord): Change {
  if (before === 'uncertain' || after === 'uncertain') return 'uncertain'
  if (before === 'accepts') return after === 'accepts' ? 'still-fine' : 'breaks'
  return after === 'accepts' ? 'fixed' : 'still-broken'
}

function countsOf(cells: readonly Cell[]): Counts {
  const counts: Counts = { accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 }
  for (const { verdict, after, change, guests } of cells) {
    counts[word(after ?? verdict)] += guests
    if (change === undefined) continue
    counts.changes ??= { breaks: 0, fixed: 0, 'still-broken': 0, 'still-fine': 0, uncertain: 0 }
    counts.changes[change] += guests
  }
  return counts
}

function causesOf(cells: readonly Cell[]): Cause[] {
  const causes = new Map<CauseCode, Cause>()
  for (const { kernel, build, guests, verdict, after } of cells) {
    const { code, verdict: answer, reason, message, log, remedies } = verdicts[after ?? verdict]!
    if (code === undefined || (answer !== 'refuses' && answer !== 'uncertain')) continue
    let cause = causes.get(code)
    if (cause === undefined) {
      const title = `${code[0]!.toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`
      cause = { code, verdict: answer, title, reason, remedies, kernels: [], builds: [], hosts: 0, guests: 0 }
      if (message !== undefined) cause.message = message
      if (log !== undefined) cause.log = log
      causes.set(code, cause)
    }
    if (!cause.kernels.includes(kernel)) cause.kernels.push(kernel)
    if (!cause.builds.includes(build)) {
      cause.builds.push(build)
      cause.hosts += builds[build]!.hosts.length
    }
    cause.guests += guests
  }
  const weight = { refuses: 0, uncertain: 1 }
  return [...causes.values()].sort((a, b) => weight[a.verdict] - weight[b.verdict] || b.guests - a.guests)
}

function auditOf(kind: Audit['kind'], cells: Cell[], more: Partial<Audit> = {}): Audit {
  return {
    version: 2,
    tool: 'xen-preflight 0.1.0',
    created: '2026-01-02T03:04:05.678Z',
    kind,
    modes,
    kernels,
    builds,
    verdicts,
    cells,
    causes: causesOf(cells),
    counts: countsOf(cells),
    acceptedNowhere: [3],
    outdatedBuilds: [0, 1],
    laterRefusals: [],
    plan: [],
    ignored: [],
    expired: [],
    inventory: {
      files: ['inventory.yaml', 'hosts, old.csv'],
      hosts: builds.reduce((sum, { hosts }) => sum + hosts.length, 0),
      placements: 4,
      leftOut: 3,
      reasons: { 'not-xen': 1, 'no-version': 2 },
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
          code: 'not-xen',
          severity: 'warning',
          file: 'hosts, old.csv',
          line: 3,
          message: 'the hypervisor of "kvm|01" is <KVM>',
          leavesOut: 1,
        },
        {
          code: 'unknown-column',
          severity: 'warning',
          file: 'hosts, old.csv',
          field: '=Rack',
          message: 'not used',
        },
      ],
    },
    ...more,
  }
}

/** One of the refusals was there before, and is about a part of its images only. */
const partlyKnown = (): Cell[] =>
  buildCells().map(
    (cell): Cell =>
      cell.kernel === 0 && cell.build === 0 && cell.mode === 'pv-dom0'
        ? { ...cell, known: true, hosts: [0], images: [0] }
        : cell,
  )

/** The fleet as it is: later refusals, ignored and known findings, and expired rules. */
export const sampleAudit = (): Audit =>
  auditOf('audit', partlyKnown(), {
    baseline: { file: 'reports/<old>.json', created: '2025-12-01T00:00:00.000Z', known: 1, new: 16 },
    laterRefusals: [
      { kernel: 2, build: 0, mode: 'pv-domU', release: '4.16.0', verdict: PV32 },
      { kernel: 2, build: 1, mode: 'pv-domU', release: '4.16.0', verdict: PV32 },
      { kernel: 1, build: 1, mode: 'pv-dom0', release: '4.2.0', verdict: DOM0 },
    ],
    ignored: [
      {
        kernel: 3,
        build: 0,
        mode: 'pv-domU',
        reason: 'Retired | next week, says <ops> "soon"',
        expires: '2026-02-01',
      },
      {
        kernel: 3,
        build: 1,
        mode: 'pv-domU',
        reason: 'Retired | next week, says <ops> "soon"',
        expires: '2026-02-01',
      },
    ],
    expired: ['unknown-feature on xen-old: "until January", expired 2025-12-31'],
  })

/** An upgrade of all hosts to 4.17.4; nothing places images. */
export function sampleUpgrade(): Audit {
  const after: readonly (readonly [string, string])[] = [
    ['aaaaa', 'aaaaa'],
    ['aaaaa', 'ddddd'],
    ['ppppp', '-----'],
    ['aadda', '?dddd'],
    ['aaaaa', 'aaaaa'],
    ['sssss', 'aaaaa'],
  ]
  const cells = buildCells().map((cell): Cell => {
    const row = after[cell.kernel]![modes.indexOf(cell.mode)]!
    const index = ANSWERS[row[cell.build]!]!
    return { ...cell, after: index, change: changeOf(word(cell.verdict), word(index)) }
  })
  const audit = auditOf('upgrade', cells, {
    to: '4.17.4',
    acceptedNowhere: [],
    outdatedBuilds: [],
    plan: [
      {
        action: 'replace-kernel',
        builds: [0, 1],
        kernels: [1],
        hosts: 9,
        guests: 12,
        text: `Replace or cure ${NASTY_NAMES[1]} before its hosts are upgraded: Xen 4.17.4 refuses it`,
      },
      {
        action: 'upgrade-hosts',
        builds: [3, 4],
        kernels: [],
        hosts: 3,
        guests: 0,
        text: 'Then upgrade xen30, xen31 and xen32 to Xen 4.17.4: nothing that runs there stops',
      },
    ],
  })
  audit.inventory.placements = 0
  return audit
}

/** One new kernel that the older builds refuse, and an old one that no build takes. */
export function sampleAddition(): Audit {
  const cells = buildCells()
    .filter(({ kernel }) => kernel === 0 || kernel === 3)
    .map((cell): Cell => {
      const answer = word(cell.verdict)
      if (cell.kernel === 3) return { ...cell, kernel: 1 }
      return {
        ...cell,
        change: answer === 'accepts' ? 'still-fine' : answer === 'uncertain' ? 'uncertain' : 'breaks',
      }
    })
  return auditOf('add', cells, {
    kernels: [{ ...kernels[0]!, added: true }, kernels[3]!],
    acceptedNowhere: [1],
    plan: [
      {
        action: 'replace-kernel',
        builds: [0, 1],
        kernels: [0],
        hosts: 9,
        guests: 6,
        text: 'Cure kernels/linux-3.13-pvh before it is placed on xen-old, xen01, xen02 and 6 more',
      },
    ],
  })
}

/** A fleet without findings. */
export const sampleFine = (): Audit =>
  auditOf(
    'audit',
    buildCells()
      .filter(({ kernel }) => kernel === 4)
      .map(cell => ({ ...cell, kernel: 0, verdict: ACCEPTS })),
    {
      kernels: [kernels[4]!],
      acceptedNowhere: [],
      outdatedBuilds: [],
      inventory: { files: [], hosts: 13, leftOut: 0, reasons: {}, problems: [] },
    },
  )

/** `kernels` by `builds` in all four modes, without names that try anything. */
export function largeAudit(kernelCount: number, buildCount: number): Audit {
  const allModes: BootModeName[] = ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0']
  const many = { kernels: [] as Kernel[], builds: [] as Build[], cells: [] as Cell[] }
  for (let kernel = 0; kernel < kernelCount; kernel++) {
    const images = Array.from(
      { length: 1 + (kernel % 9) },
      (_, copy) => `/srv/images/guest-${kernel}-${copy}/vmlinuz`,
    )
    many.kernels.push({ images, kind: 'bzimage', layers: 'bzImage xz', guest: '64-bit linux 2.6' })
  }
  for (let build = 0; build < buildCount; build++) {
    const hosts = Array.from({ length: 23 }, (_, host) => `xen-${build}-${host}`)
    many.builds.push({ label: `4.${build % 23}.${Math.floor(build / 23)}`, hosts, pools: [], remarks: [] })
  }
  for (let kernel = 0; kernel < kernelCount; kernel++) {
    for (let build = 0; build < buildCount; build++) {
      for (const [index, mode] of allModes.entries()) {
        const answer = (kernel * 7 + build * 5 + index * 3) % 11
        const verdict = [FEATURE, DOM0, DOUBT, UNAVAILABLE, PV32][answer] ?? ACCEPTS
        many.cells.push({ kernel, build, mode, guests: 23, verdict })
      }
    }
  }
  const { cells } = many
  const counts: Counts = countsOf(cells)
  return {
    ...auditOf('audit', [], { ...many, modes: allModes }),
    counts,
    causes: [],
    acceptedNowhere: [],
    outdatedBuilds: [],
  }
}
