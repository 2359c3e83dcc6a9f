/**
 * Directories in the layout of container images (OCI image-spec, image-layout.md): an `index.json` beside an
 * `oci-layout` stands for all that the directory holds.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const INDEX = 'index.json'
const MARK = 'oci-layout'
const BLOBS = 'blobs'

/** The names in a directory; without what its index names where it is such a layout: a layer alone is no image. */
export function withoutLayoutParts(names: string[]): string[] {
  if (!names.includes(MARK) || !names.includes(INDEX)) return names
  return names.filter(name => name !== MARK && name !== BLOBS)
}

/** The index where `path` is such a directory, else `path`. */
export function layoutIndex(path: string): string {
  const index = join(path, INDEX)
  return existsSync(index) && existsSync(join(path, MARK)) ? index : path
}
