/** What an operator can do about a refusal, by its cause. */
import type { Codec } from '../facts/facts.ts'
import { type BootModeName, parseBootMode, sideOf } from './boot-mode.ts'
import type { GateReader } from './gate-reader.ts'
import type { GateId } from './gates/gates.ts'
import { type Release, releaseIndex, releases, seriesOf } from './releases.ts'
import type { AnswerSpan, CauseCode } from './verdict.ts'

/** From a line in a configuration to a new hypervisor: the cheapest first. */
export type RemedyKind =
  | 'boot-mode'
  | 'repack'
  | 'point-release'
  | 'kernel-version'
  | 'kernel-option'
  | 'image'
  | 'xen-build'
  | 'release'

export interface Remedy {
  kind: RemedyKind
  /** A sentence that says what to do. */
  text: string
}

const COST: readonly RemedyKind[] = [
  'boot-mode',
  'repack',
  'point-release',
  'kernel-version',
  'kernel-option',
  'image',
  'xen-build',
  'release',
]

const remedy = (kind: RemedyKind, text: string): Remedy => ({ kind, text })

const DIRECT_VMLINUX = 'Unpack the vmlinux from the bzImage (Linux scripts/extract-vmlinux) and boot that'
const REBUILD = 'Get the image again: it is damaged or cut short'
const SIZE_WORD =
  'Append the unpacked size as four little-endian bytes, as Linux does behind its payload (gzip has it already)'
const NOT_XEN = remedy(
  'kernel-option',
  'Build the kernel with CONFIG_XEN=y and CONFIG_XEN_PV=y (PV) or CONFIG_XEN_PVH=y (PVH): it has no usable Xen notes',
)
const PVH_ENTRY = remedy(
  'kernel-option',
  'Build the kernel with CONFIG_XEN_PVH=y (Linux 4.11 or later): it brings the PHYS32_ENTRY note',
)
const PV32 = [
  remedy(
    'xen-build',
    'Build Xen with CONFIG_PV32=y, or boot it without pv=no-32 and cet=...: 32-bit PV guests are off in a default build',
  ),
  remedy('image', 'Use the 64-bit kernel of the same system: it runs 32-bit programs too'),
]

/** What is the same for every release. */
const BY_CAUSE: Readonly<Partial<Record<CauseCode, readonly Remedy[]>>> = {
  'address-out-of-bounds': [
    remedy(
      'kernel-option',
      'Set the ENTRY note to the virtual entry, inside the loaded segments, and VIRT_BASE and PADDR_OFFSET to match them',
    ),
  ],
  'big-endian': [remedy('image', 'Use a kernel for x86: this one is big-endian')],
  'bin-image-addresses': [
    remedy(
      'image',
      'Set the addresses of xen_bin_image_table to where the image is loaded: header_addr to that of the table itself',
    ),
  ],
  'bin-image-flags': [
    remedy('image', 'Set the flags of xen_bin_image_table to 0x10000, and optionally bits 0, 14 and 15'),
  ],
  'boot-protocol-too-old': [
    remedy('repack', DIRECT_VMLINUX),
    remedy('kernel-version', 'Use Linux 2.6.26 or later, whose boot protocol says where the payload is'),
  ],
  'bzimage-unsupported': [remedy('repack', DIRECT_VMLINUX)],
  'compressed-file-unsupported': [
    remedy('repack', 'Unpack the file and boot the ELF inside it, or compress it with gzip'),
  ],
  'decoder-not-built': [
    remedy('xen-build', 'Rebuild the toolstack with the library that unpacks this payload'),
  ],
  'dictionary-too-large': [remedy('repack', 'Repack the payload by xz with a dictionary of at most 64 MiB')],
  'dom0-bit-missing': [
    remedy('kernel-option', 'Build the kernel with CONFIG_XEN_DOM0=y'),
    remedy('image', "Use a flavour that is built for dom0: Debian's cloud kernels, for one, are not"),
  ],
  'dom0-only-kernel': [
    remedy('kernel-option', 'Take the "!" from dom0 in FEATURES: the kernel may then run as domU too'),
  ],
  'elf-table-outside': [remedy('image', REBUILD)],
  'hv-start-too-high': [remedy('kernel-option', 'Set HV_START_LOW to 0xf5800000 or below')],
  'hvm-firmware': [PVH_ENTRY],
  'hvm-missing': [
    remedy('xen-build', 'Switch on VT-x or AMD-V in the firmware, and build Xen with CONFIG_HVM=y'),
  ],
  'hypercall-page-outside': [
    remedy('kernel-option', 'Set HYPERCALL_PAGE to an address inside the kernel, or leave the note out'),
  ],
  'kernel-too-large': [
    remedy('image', 'Use a kernel that unpacks to less than 1 GiB, and says so at the end of its payload'),
  ],
  'loader-not-supported': [NOT_XEN],
  'machine-mismatch': [remedy('image', 'Use a kernel for x86: 64-bit, or 32-bit with PAE')],
  'machine-unsupported': [remedy('image', 'Use a kernel for x86')],
  'no-notes': [NOT_XEN],
  'no-pae': [
    remedy('kernel-option', 'Build the kernel with CONFIG_X86_PAE=y'),
    remedy('image', 'Use the 64-bit kernel of the same system'),
  ],
  'no-section-names': [remedy('image', 'Keep the section headers: do not strip them off the kernel')],
  'not-a-kernel': [remedy('image', 'Point to a kernel: a vmlinux, a bzImage, or an ELF file packed by gzip')],
  'not-pvh': [PVH_ENTRY],
  'output-overwrites-input': [remedy('repack', SIZE_WORD)],
  'p2m-inside-kernel': [remedy('kernel-option', 'Set INIT_P2M to an address outside the kernel')],
  'paddr-offset-without-virt-base': [remedy('kernel-option', 'Set VIRT_BASE too, or leave PADDR_OFFSET out')],
  'payload-outside-file': [remedy('image', REBUILD)],
  'pv-not-built': [remedy('xen-build', 'Build Xen with CONFIG_PV=y')],
  'pv32-not-built': PV32,
  'pvh-features-missing': [
    remedy('kernel-version', 'Use Linux 3.14 to 4.10 with CONFIG_XEN_PVH=y, the kernels of PVH version 1'),
  ],
  'required-features': [remedy('kernel-option', 'Take the "!" from the names in FEATURES')],
  'size-word-wrong': [remedy('repack', SIZE_WORD)],
  'stream-broken': [remedy('image', REBUILD)],
  'unknown-feature': [
    remedy(
      'kernel-option',
      'Take the name out of FEATURES, and say its bit in SUPPORTED_FEATURES (note 17), which releases before 4.2.0 ignore',
    ),
  ],
  'unknown-required-feature': [
    remedy(
      'kernel-option',
      'Take the name out of FEATURES, or make it optional: no release takes a required one that it does not know',
    ),
  ],
  'xen-overlap': [
    remedy(
      'kernel-option',
      "Link the kernel outside of Xen's own addresses, as Linux is (0xffffffff80000000, 0xc0000000)",
    ),
  ],
  'xen-version': [
    remedy('kernel-option', 'Set XEN_VERSION to "xen-3.0", whatever Xen the kernel is meant for'),
  ],
}

/** Causes that lie in how the payload is packed. */
const PACKING: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'codec-unsupported',
  'decoder-not-built',
  'dictionary-too-large',
  'lz4-decoder-broken',
  'payload-unknown',
  'stream-unsupported',
])

const CODECS: readonly Codec[] = ['gzip', 'xz', 'zstd', 'lz4', 'lzma', 'bzip2', 'lzo']

export interface RemedyContext {
  /** Reads the gates of the release, with what its host has of its own. */
  ask: GateReader
  mode: BootModeName
  code: CauseCode
  /** The codec of the image's payload. */
  codec?: Codec
  /** The image names hvm_callback_vector in FEATURES. */
  callbackVector: boolean
  /** What all releases say in this mode. */
  spans: readonly AnswerSpan[]
  /** The other modes in which the same release takes it. */
  otherModes: readonly BootModeName[]
}

/** The remedies for one refusal, the cheapest first. */
export function remediesFor(context: RemedyContext): Remedy[] {
  const { code, mode, callbackVector } = context
  const remedies: Remedy[] = [...(BY_CAUSE[code] ?? [])]
  if (code === 'unknown-feature' && callbackVector) {
    const text = 'Use Linux 3.14 or later: it moved hvm_callback_vector from FEATURES to SUPPORTED_FEATURES'
    remedies.push(remedy('kernel-version', text))
    remedies.push(remedy('kernel-option', 'Build the kernel without CONFIG_XEN_PVH'))
  }
  if (PACKING.has(code)) remedies.push(...repacking(context))
  for (const other of context.otherModes) {
    remedies.push(remedy('boot-mode', `Boot it as ${other}: this release takes it so`))
  }
  remedies.push(...otherReleases(context))
  if (remedies.length === 0) {
    remedies.push(remedy('image', `No release takes it as ${mode}: use another kernel`))
  }
  return remedies.sort((a, b) => COST.indexOf(a.kind) - COST.indexOf(b.kind))
}

function repacking({ ask, mode, codec }: RemedyContext): Remedy[] {
  const side = sideOf(parseBootMode(mode))
  const works = CODECS.filter(name => {
    if (name === codec || ask.gate(`${name}-${side}` as GateId) === 'absent') return false
    return name !== 'lz4' || ask.gate('lz4-decoder') === 'works'
  })
  const first = works[0]
  if (first === undefined) return [remedy('repack', DIRECT_VMLINUX)]
  const rest = works.length > 1 ? ` (${works.slice(1).join(', ')} would do too)` : ''
  return [
    remedy('repack', `Repack the payload by ${first}, or unpack the vmlinux and boot that${rest}`),
    remedy('kernel-option', `Build the kernel with CONFIG_KERNEL_${first.toUpperCase()}=y`),
  ]
}

/** Neighbouring releases that take the kernel, however they differ besides. */
function takers(spans: readonly AnswerSpan[]): { since: Release; until: Release }[] {
  const runs: { since: Release; until: Release }[] = []
  for (const { verdict, since, until } of spans) {
    const open = runs.at(-1)
    if (verdict !== 'accepts') continue
    if (open !== undefined && releaseIndex(open.until)! + 1 === releaseIndex(since)) open.until = until
    else runs.push({ since, until })
  }
  return runs
}

/** A point release of the same series is the smallest step; else what the newest release takes stays taken. */
function otherReleases({ spans, ask, mode }: RemedyContext): Remedy[] {
  const { index } = ask
  const runs = takers(spans)
  // Where a back-port of the host refuses the kernel, its own release may be among those that take it.
  const newer = runs
    .filter(({ until }) => releaseIndex(until)! > index)
    .map(({ since, until }) => ({ since: releases[Math.max(index + 1, releaseIndex(since)!)]!, until }))
  const side = sideOf(parseBootMode(mode))
  const upgrade = ({ since, until }: (typeof runs)[number], kind: RemedyKind) => {
    const reach = until === releases.at(-1) ? ' or later' : since === until ? '' : ` to ${until}`
    return remedy(kind, `Upgrade the ${side} to Xen ${since}${reach}: it takes this kernel`)
  }
  const near = newer.find(({ since }) => seriesOf(since) === seriesOf(releases[index]!))
  const far = newer.at(-1)
  const upgrades: Remedy[] = []
  if (near !== undefined) upgrades.push(upgrade(near, 'point-release'))
  if (far !== undefined && far !== near) upgrades.push(upgrade(far, 'release'))
  if (upgrades.length > 0) return upgrades
  const older = runs.findLast(({ until }) => releaseIndex(until)! < index)
  if (older === undefined) return []
  return [remedy('release', `Only older releases take it: the last is Xen ${older.until}`)]
}
