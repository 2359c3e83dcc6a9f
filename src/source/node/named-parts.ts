/**
 * Files that another file of their directory stands for: the layers of a container image in OCI's layout, and the
 * extents of a disk of VMware. By themselves they are no image and no whole disk.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** OCI image-spec, image-layout.md. */
const INDEX = 'index.json'
const MARK = 'oci-layout'
const BLOBS = 'blobs'
/** As VMware and QEMU call the extents of `disk.vmdk`. */
const EXTENT = /^(.+)-(?:flat|delta|sesparse|[sf]\d{3})\.vmdk$/
const DESCRIPTOR = '# Disk DescriptorFile'
const MAX_DESCRIPTOR = 64 * 1024

/** The names in `directory` without those that another one of them stands for. */
export function withoutParts(directory: string, names: string[]): string[] {
  const isLayout = names.includes(MARK) && names.includes(INDEX)
  const rest = isLayout ? names.filter(name => name !== MARK && name !== BLOBS) : names
  if (!rest.some(name => EXTENT.test(name))) return rest
  const known = new Set(rest)
  const descriptors = new Map<string, string>()
  return rest.filter(name => {
    const disk = `${EXTENT.exec(name)?.[1]}.vmdk`
    if (!known.has(disk)) return true
    const text = descriptors.get(disk) ?? startOf(join(directory, disk))
    descriptors.set(disk, text)
    return !(text.startsWith(DESCRIPTOR) && text.includes(`"${name}"`))
  })
}

/** Empty where it cannot be read: whoever opens the file is told. */
function startOf(path: string): string {
  let fd: number | undefined
  try {
    // A FIFO would be waited for.
    if (!statSync(path).isFile()) return ''
    fd = openSync(path, 'r')
    const bytes = Buffer.alloc(MAX_DESCRIPTOR)
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0))
  } catch {
    return ''
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** The index where `path` is a directory in OCI's layout, else `path`. */
export function layoutIndex(path: string): string {
  const index = join(path, INDEX)
  return existsSync(index) && existsSync(join(path, MARK)) ? index : path
}
