/** What is known of a host beside its release; each wins over what a default build of the release has. */
import { nearestOf } from '../document/nearest.ts'
import type { Codec } from '../facts/facts.ts'
import type { CommandLine } from './command-line.ts'
import type { GateOverrides } from './gate-reader.ts'
import type { Gate } from './gates/gate.ts'
import { type AskedGateId, type GateId, gateIds, gates, isAsked, isGateId } from './gates/gates.ts'
import type { Origin } from './vendors/recognise.ts'

export interface HostOptions {
  build?: {
    /** CONFIG_PV: PV guests at all. */
    pv?: boolean
    /** CONFIG_PV32: 32-bit PV guests. */
    pv32?: boolean
    /** CONFIG_HVM: HVM guests, and so PVH ones. */
    pvh?: boolean
    /** CONFIG_VERBOSE_DEBUG: Xen prints what it reads of a dom0 kernel. `dom0=verbose` does the same. */
    verbose?: boolean
    /** Decoders of the toolstack's build: those named true are there, those named false are not. */
    decoders?: Readonly<Partial<Record<Codec, boolean>>>
  }
  /** What `xl info` says: `xen_caps` and `virt_caps`, token by token. */
  capabilities?: { xen?: readonly string[]; virt?: readonly string[] }
  /** What Xen was started with. */
  commandLine?: CommandLine
  /** Who built it, beside what its version says. */
  origin?: Origin
  /** Back-ports: gates that are worth something else than in the release, by id. */
  gates?: Readonly<Record<string, string | number | boolean>>
}

/** Everything that a build may have: with it no verdict rests on a guess about the build. */
export const FULL_BUILD: NonNullable<HostOptions['build']> = {
  pv: true,
  pv32: true,
  pvh: true,
  verbose: true,
  decoders: { gzip: true, bzip2: true, lzma: true, xz: true, lzo: true, lz4: true, zstd: true },
}

/** What a 64-bit Xen with everything built in says. */
export const DEFAULT_CAPABILITIES: readonly string[] = [
  'xen-3.0-x86_64',
  'xen-3.0-x86_32p',
  'hvm-3.0-x86_32',
  'hvm-3.0-x86_32p',
  'hvm-3.0-x86_64',
]

export interface GateProblem {
  gate: string
  /** One sentence: what is wrong, and what is known. */
  message: string
}

/** The values of a gate that can be written down. */
function plainValues(gate: GateId): unknown[] {
  const { spans, elsewhere = [] }: Gate<unknown> = gates[gate]
  const values = [...spans.map(([, worth]) => worth), ...elsewhere]
  return values.filter(worth => typeof worth !== 'object')
}

/** The gates that a host can be worth something else in than its release. */
export const overridable: readonly AskedGateId[] = gateIds
  .filter(isAsked)
  .filter(gate => plainValues(gate).length > 1)

/** Reads the back-ports of a host: what is no gate, or no value of it, is left out and reported. */
export function readOverrides(given: HostOptions['gates'] = {}): {
  overrides: GateOverrides | undefined
  problems: GateProblem[]
} {
  const problems: GateProblem[] = []
  const overrides: Partial<Record<AskedGateId, unknown>> = {}
  for (const [gate, value] of Object.entries(given)) {
    if (!isGateId(gate)) {
      const message = `There is no gate ${JSON.stringify(gate)}: ${nearestOf(gate.slice(0, 80), overridable)} comes closest`
      problems.push({ gate, message })
      continue
    }
    const plain = plainValues(gate)
    if (!isAsked(gate) || plain.length === 0) {
      const why = isAsked(gate) ? 'has a table as its value' : 'is documented only, and no model asks it'
      const message = `The behaviour ${gate} ${why}, so that it cannot be overridden. What can be: ${overridable.join(', ')}`
      problems.push({ gate, message })
      continue
    }
    const match = plain.find(worth => String(worth) === String(value))
    if (match === undefined) {
      const known = [...new Set(plain.map(worth => JSON.stringify(worth)))].join(', ')
      const message = `The gate ${gate} cannot be ${JSON.stringify(value)}: it is one of ${known}`
      problems.push({ gate, message })
    } else overrides[gate] = match
  }
  return { overrides: Object.keys(overrides).length > 0 ? overrides : undefined, problems }
}
