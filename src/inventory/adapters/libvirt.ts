import type { HostEntry, HostSource } from '../host.ts'

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
