/**
 * What kernels and builds are called in the report: short, and told apart.
 * @module
 */
import type { Kernel } from '../../findings/model.ts'
import { visible } from './visible.ts'

export interface KernelName {
  /** The directory, where the file's name alone does not tell kernels apart; ends with a slash, else empty. */
  lead: string
  /** The file's name. */
  tail: string
}

/** The directories that all paths share, up to the last slash. */
function sharedDirectory(paths: readonly string[]): string {
  let shared = paths[0] ?? ''
  for (const path of paths) {
    let length = 0
    while (length < shared.length && shared[length] === path[length]) length++
    shared = shared.slice(0, length)
  }
  return shared.slice(0, shared.lastIndexOf('/') + 1)
}

/** A kernel is called by its first image. */
export function kernelNames(kernels: readonly Kernel[]): KernelName[] {
  const paths = kernels.map(({ images }) => images[0] ?? '(no image)')
  const shared = sharedDirectory(paths).length
  const files = paths.map(path => path.slice(path.lastIndexOf('/') + 1))
  const seen = new Set<string>()
  const several = new Set(files.filter(file => seen.size === seen.add(file).size))
  return paths.map((path, index) => {
    const file = files[index]!
    const lead = several.has(file) ? path.slice(shared, path.length - file.length) : ''
    return { lead: visible(lead), tail: visible(file) }
  })
}
