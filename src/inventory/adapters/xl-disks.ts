/**
 * Disks in configurations of `xl` and `xm`: `phy:/dev/vg/web,xvda,w`, `/srv/web.qcow2,qcow2,xvda,rw`, and
 * `format=qcow2,vdev=xvda,target=/srv/web.qcow2`.
 * @module
 */
import type { ConfigValue } from './xl-values.ts'

/** What may come before the path, such as `tap:aio:`. */
const PREFIX = /^(?:phy|file|tap2?|tapdisk|aio|raw|qcow2?|vhd|qdisk|ioemu|ram|sync|vmdk):/
/** Keys of a disk whose value is no path, and flags. */
const KEY =
  /^(?:vdev|format|access|devtype|backendtype|backend|script|discard|colo|readwrite|readonly)\s*(?:=|$)/

/** The path of one disk as dom0 has it; undefined for an empty drive, or where it is not understood. */
export function diskPath(text: string): string | undefined {
  // All that follows target= is the path, commas and all.
  const target = /(?:^|,)\s*target=(.*)$/s.exec(text)?.[1]
  if (target !== undefined) return withoutPrefix(target)
  const first = text.split(',')[0]!.trim()
  return KEY.test(first) ? undefined : withoutPrefix(first)
}

/** The paths of all disks, in order. */
export function diskPaths(value: ConfigValue): string[] {
  const list = typeof value === 'string' ? [value] : Array.isArray(value) ? value : []
  return list.flatMap(item => (typeof item === 'string' ? (diskPath(item) ?? []) : []))
}

function withoutPrefix(text: string): string | undefined {
  let path = text.trim()
  while (PREFIX.test(path)) path = path.replace(PREFIX, '')
  return path === '' ? undefined : path
}
