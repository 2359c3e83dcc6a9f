/**
 * Which releases stand for a hypervisor, and what is known of its host.
 * @module
 */
import { type GateProblem, type HostOptions, readOverrides } from './host-options.ts'
import type { Release } from './releases.ts'
import { type PossiblePatches, possiblePatches } from './vendor-patches.ts'
import { vendorOptions, withVendor } from './vendors/vendor-options.ts'
import { parseXenVersion, type XenVersion } from './version-string.ts'

export interface Target {
  version: XenVersion
  /** The releases to ask, oldest first; empty when there is none. */
  releases: readonly Release[]
  /** What is known of the host, and of its vendor's build. */
  options: HostOptions
  /** What the version string left open, in sentences. */
  remarks: readonly string[]
  /** Back-ports that its vendor may have; absent for upstream's own, and where all patches are known. */
  patches?: PossiblePatches
  /** What is wrong with the host's gates. */
  problems: readonly GateProblem[]
}

/** Resolves a version string, or one that was parsed before, to the releases to ask. Never throws. */
export function resolveTarget(version: string | XenVersion, options: HostOptions = {}): Target {
  const parsed = typeof version === 'string' ? parseXenVersion(version, options.origin) : version
  const { problems } = readOverrides(options.gates)
  const common = { version: parsed, releases: parsed.ask, remarks: parsed.remarks, problems }
  const { vendor } = parsed
  if (vendor === undefined) return { ...common, options }
  const patches = possiblePatches(vendor)
  return {
    ...common,
    options: withVendor(options, vendorOptions(vendor).options),
    ...(patches !== undefined && { patches }),
  }
}
