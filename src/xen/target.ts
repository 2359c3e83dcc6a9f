/**
 * Which releases stand for a hypervisor, and what is known of its host.
 * @module
 */
import { type GateProblem, type HostOptions, readOverrides } from './host-options.ts'
import type { Release } from './releases.ts'
import { parseXenVersion, type XenVersion } from './version-string.ts'

export interface Target {
  version: XenVersion
  /** The releases to ask, oldest first; empty when none stands for it. */
  releases: readonly Release[]
  options: HostOptions
  /** What the version string left open, in sentences. */
  remarks: readonly string[]
  /** What is wrong with the host's gates. */
  problems: readonly GateProblem[]
}

/** Resolves a version string, or one that was parsed before, to the releases to ask. Never throws. */
export function resolveTarget(version: string | XenVersion, options: HostOptions = {}): Target {
  const parsed = typeof version === 'string' ? parseXenVersion(version) : version
  const { problems } = readOverrides(options.gates)
  return { version: parsed, releases: parsed.ask, options, remarks: parsed.remarks, problems }
}
