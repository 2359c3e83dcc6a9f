/** What can be done about a refusal, by its cause, its guest and its release. */
import type { Codec } from '../../facts/facts.ts'
import type { GuestSystem, KernelIdentity } from '../../facts/identity.ts'
import { machineName } from '../../facts/machine-name.ts'
import { type BootModeName, parseBootMode, sideOf } from '../boot-mode.ts'
import type { GateReader } from '../gate-reader.ts'
import type { AskedGateId } from '../gates/gates.ts'
import { type Release, releaseIndex, releases, seriesOf } from '../releases.ts'
import type { AnswerSpan, AssumptionCode, CauseCode } from '../verdict.ts'
import { buildDecoder, findDecoder, packedBy } from './build-lines.ts'
import { BY_CAUSE, DIRECT_VMLINUX } from './by-cause.ts'
import {
  CALLBACK_VECTOR,
  for64Bits,
  forGuest,
  getAgain,
  inNotesOf,
  isAtLeast,
  NO_DOM0_BIT,
  NO_PV32_LINUX,
  NO_PVH_ENTRY,
  NO_PVH_V1,
  NOT_FOR_XEN,
} from './by-guest.ts'
import { REPAIR } from './own-command.ts'
import { cheapestFirst, FILES, type Remedy, type RemedyKind, remedy, write } from './remedy.ts'

/** The image is damaged: whatever else is wrong with it follows from that. */
const DAMAGED: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'elf-table-outside',
  'payload-outside-file',
  'stream-broken',
])

/** Causes that lie in how the payload is packed. */
const PACKING: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'build-unknown',
  'codec-unsupported',
  'decoder-not-built',
  'dictionary-too-large',
  'lz4-decoder-broken',
  'stream-unsupported',
])

/** What is no guest's kernel: however it were packed, no loader of Xen would start it. */
const NO_GUESTS: ReadonlySet<GuestSystem> = new Set<GuestSystem>(['memtest', 'ipxe', 'xen'])

const CODECS: readonly Codec[] = ['gzip', 'xz', 'zstd', 'lz4', 'lzma', 'bzip2', 'lzo']

export interface RemedyContext {
  /** Reads the gates of the release, with what its host has of its own. */
  ask: GateReader
  mode: BootModeName
  code: CauseCode
  /** What the refusal rests on. */
  assumptions: readonly AssumptionCode[]
  identity: KernelIdentity
  /** The machine of an ELF that is not for x86. */
  foreignMachine?: number
  /** True where the payload is known to be damaged, or the notes lie outside the image. */
  isDamaged: boolean
  is32Bit: boolean
  /** The codec of the image's payload. */
  codec?: Codec
  /** The image names hvm_callback_vector in FEATURES. */
  callbackVector: boolean
  /** What all releases say in this mode. */
  spans: readonly AnswerSpan[]
  /** The other modes in which the same release takes it. */
  otherModes: readonly BootModeName[]
}

/** The remedies for one refusal, in the order of `cheapestFirst`. */
export function remediesFor(context: RemedyContext): Remedy[] {
  const found = remediesOf(context)
  // Who runs dom0 owns its kernel too: only a domU has a tenant.
  const hasTenant = parseBootMode(context.mode).role === 'domU'
  const remedies = hasTenant ? found : found.map((item): Remedy => ({ ...item, by: 'host' }))
  return remedies.sort(cheapestFirst())
}

function remediesOf(context: RemedyContext): Remedy[] {
  const { code, mode, identity, foreignMachine } = context
  if (DAMAGED.has(code)) return [getAgain(identity)]
  const remedies = context.isDamaged ? [getAgain(identity)] : []
  if (foreignMachine !== undefined) {
    const text = `Use a kernel for x86: this one is built for ${machineName(foreignMachine)}`
    return [...remedies, remedy('image', text)]
  }
  if (NO_GUESTS.has(identity.system)) {
    return [...remedies, ...forGuest(NOT_FOR_XEN, identity, parseBootMode(mode))]
  }
  const others = context.otherModes.map(other => bootAs(other, context.ask))
  const own = forCause(context).map(item => inNotesOf(item, identity))
  const sound = [...buildFacts(context), ...own, ...others, ...otherReleases(context)]
  return sound.length > 0
    ? [...remedies, ...sound]
    : [...remedies, remedy('image', `No release takes it as ${mode}: use another kernel`)]
}

/** What to find out about the build, where a guess about it decided. */
function buildFacts({ code, assumptions, codec }: RemedyContext): Remedy[] {
  if (code === 'build-unknown' && codec !== undefined) return [findDecoder(codec)]
  if (code === 'pv32-not-built' && assumptions.includes('pv32-default-off')) {
    const text =
      'Run it on a Xen that was built with CONFIG_PV32=y; where this one was (xen_caps of `xl info` has xen-3.0-x86_32p), say so'
    return [
      remedy('build-fact', text, write('build: {pv32: true}', `${FILES.inventory}, or by --build pv32=true`)),
    ]
  }
  return []
}

const PV32_OPTION = remedy('host-config', 'Boot Xen with pv=32', write('pv=32', FILES.xenCommandLine))

function forCause(context: RemedyContext): readonly Remedy[] {
  const { code, identity, callbackVector } = context
  const mode = parseBootMode(context.mode)
  switch (code) {
    case 'payload-unknown':
      return [
        getAgain(identity, 'Get the image again: its payload starts with nothing that a known codec does'),
      ]
    case 'loader-not-supported':
    case 'no-notes':
      return forGuest(NOT_FOR_XEN, identity, mode)
    case 'hvm-firmware':
    case 'not-pvh':
      return forGuest(NO_PVH_ENTRY, identity, mode)
    case 'dom0-bit-missing':
      return forGuest(NO_DOM0_BIT, identity, mode)
    case 'pvh-features-missing':
      return forGuest(NO_PVH_V1, identity, mode)
    case 'address-out-of-bounds':
      return context.is32Bit && identity.system === 'linux' && isAtLeast(identity, '5.9')
        ? [NO_PV32_LINUX]
        : (BY_CAUSE[code] ?? [])
    case 'pv32-not-built': {
      const [build, other] = BY_CAUSE[code]! as [Remedy, Remedy]
      const needsOption = context.assumptions.includes('pv32-boot-option')
      return [needsOption ? PV32_OPTION : build, for64Bits(identity, other)]
    }
    case 'no-pae': {
      const [rebuild, general] = BY_CAUSE[code]! as [Remedy, Remedy]
      const other = for64Bits(identity, general)
      if (identity.system === 'linux') return [rebuild, other]
      return identity.system === 'unknown'
        ? [{ ...rebuild, text: `For Linux: ${rebuild.text}` }, other]
        : [other]
    }
    case 'unknown-feature':
      return [...(BY_CAUSE[code] ?? []), ...(callbackVector ? forGuest(CALLBACK_VECTOR, identity, mode) : [])]
    default:
      return PACKING.has(code) ? repacking(context) : (BY_CAUSE[code] ?? [])
  }
}

/** The line of the domain's configuration, or of Xen's command line, that starts it in another mode. */
function bootAs(name: BootModeName, ask: GateReader): Remedy {
  const { guest, role } = parseBootMode(name)
  const text = `Boot it as ${name}: this release takes it so`
  if (role === 'dom0') {
    const option = guest === 'pvh' && ask.gate('pvh-dom0') === 'v1' ? 'dom0pvh=1' : `dom0=${guest}`
    return remedy('boot-mode', text, write(option, FILES.xenCommandLine))
  }
  // The toolstack has type= from 4.10.0 on; before, a PVH guest was an HVM one without a device model.
  const hasType = ask.gate('hvm-container-pv-kernel') !== 'undecided'
  const inGuest = (line: string) => remedy('boot-mode', text, write(line, FILES.guest))
  if (hasType) return inGuest(`type = "${guest}"`)
  if (guest === 'pv') return inGuest('builder = "generic"')
  const isV1 = ask.gate('pvh-domU') === 'v1-64-bit'
  return inGuest(isV1 ? 'pvh = 1' : 'builder = "hvm", device_model_version = "none"')
}

function repacking(context: RemedyContext): Remedy[] {
  const { ask, mode, codec, identity } = context
  const side = sideOf(parseBootMode(mode))
  const works = CODECS.filter(name => {
    if (name === codec || ask.gate(`${name}-${side}` as AskedGateId) === 'absent') return false
    return name !== 'lz4' || ask.gate('lz4-decoder') === 'works'
  })
  const first = works[0]
  const isUnbuilt = context.code === 'decoder-not-built' || context.code === 'build-unknown'
  const own =
    isUnbuilt && codec !== undefined
      ? buildDecoder(codec, ask.gate('decoder-choice'))
      : (BY_CAUSE[context.code] ?? [])
  if (first === undefined) return [...own, DIRECT_VMLINUX]
  const text = `Repack the payload by ${first}, or unpack the vmlinux and boot that`
  const repack = remedy('repack', text, REPAIR)
  const isLinux = identity.system === 'linux' || identity.system === 'unknown'
  return [...own, repack, ...(isLinux ? [packedBy(first, codec)] : [])]
}

/** Neighbouring releases that take the kernel, however they differ besides. */
function takers(spans: readonly AnswerSpan[]): { since: Release; until: Release }[] {
  const runs: { since: Release; until: Release }[] = []
  for (const { verdict, code, since, until } of spans) {
    const open = runs.at(-1)
    // What only a library decides may be built so.
    if (verdict !== 'accepts' && code !== 'build-unknown') continue
    if (open !== undefined && releaseIndex(open.until)! + 1 === releaseIndex(since)) open.until = until
    else runs.push({ since, until })
  }
  return runs
}

/** A point release of the same series is the smallest step; else what the newest release takes stays taken. */
function otherReleases({ spans, ask, mode, code }: RemedyContext): Remedy[] {
  // How a release is built is no matter of its version.
  if (code === 'build-unknown') return []
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
