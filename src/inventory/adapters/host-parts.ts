/**
 * Parts of a host's record that several formats have in common.
 * @module
 */

import type { HostEntry, HostSource } from '../host.ts'
import { defined } from './adapter.ts'

/** A version of its parts: 4, 1 and .6.1 are 4.1.6.1. A guest may not be shown the last one. */
export function composedVersion(
  get: (part: 'major' | 'minor' | 'extra') => string | undefined,
): string | undefined {
  const major = get('major')
  const minor = get('minor')
  const extra = get('extra') ?? ''
  if (!major || !minor) return undefined
  return `${major}.${minor}${extra === '<denied>' ? '' : extra}`
}

/** The changeset at the end of Xen's line about it (`Mon Jan 26 17:53:45 2026 +0000 git:6491616ddd`). */
export function changesetOf(text: string | undefined): string | undefined {
  const line = text?.trim()
  if (line === undefined || line === '' || line === 'unavailable') return undefined
  return /[a-z]+:\S+$/.exec(line)?.[0] ?? line
}

/** Product and patch level from XAPI's software_version (xapi's xapi_globs.ml names the keys). */
export function productOf(get: (key: string) => string | undefined): {
  product?: string
  patchLevel?: string
} {
  const brand = get('product_brand') || get('platform_name')
  const version = get('product_version') || get('platform_version')
  return defined({
    product: [brand, version].filter(Boolean).join(' ') || undefined,
    patchLevel: get('build_number') || undefined,
  })
}

/**
 * A version as libvirt gives it. Its Xen driver fills in major and minor only (src/libxl/libxl_conf.c,
 * libxlDriverConfigInit), so that 4.16.3 is called 4.16.0 as well.
 */
export function libvirtVersion(
  xen: string,
  how: string,
  source: Omit<HostSource, 'how'>,
): Pick<HostEntry, 'xen' | 'seriesOnly' | 'source'> {
  if (!/^\d+\.\d+\.0$/.test(xen)) return { xen, source: { ...source, how } }
  return {
    xen,
    seriesOnly: true,
    source: { ...source, how: `${how}, where libvirt prints .0 for every point release` },
  }
}

/** The host below a guest, of which only the guest's name is known. */
export function belowGuest(
  guest: string,
  seen: string,
  source: Omit<HostSource, 'how' | 'guess'>,
): Pick<HostEntry, 'name' | 'source'> {
  return {
    name: `host-of-${guest}`,
    source: { ...source, how: `what guest ${guest} sees in ${seen}`, guess: true },
  }
}
