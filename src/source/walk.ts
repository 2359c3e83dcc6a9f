/**
 * Paths to files: directories are walked in the order of their names, links are followed.
 * @module
 */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../problem.ts'
import { systemProblem } from './file.ts'

/** One thing that a walk met. */
export interface Found {
  path: string
  /** True for a path that was named, and not met in a directory. */
  named: boolean
  /** Bytes of the file; 0 with a problem. */
  size: number
  /** Device and inode: equal for hard links. */
  inode: string
  /** Why the path cannot be read. */
  problem?: Problem
}

/**
 * Yields the files at and below `paths`, one directory in memory at a time. What is no regular file, or
 * cannot be reached, is yielded with a problem.
 */
export function* walk(paths: Iterable<string>): Generator<Found> {
  for (const path of paths) {
    let stats: Stats
    try {
      stats = statSync(path)
    } catch (error) {
      yield broken(path, true, systemProblem(error))
      continue
    }
    if (stats.isDirectory()) yield* walkDirectory(path, [])
    else yield file(path, true, stats)
  }
}

const broken = (path: string, named: boolean, problem: Problem): Found => ({
  path,
  named,
  size: 0,
  inode: '',
  problem,
})

function file(path: string, named: boolean, stats: Stats): Found {
  if (!stats.isFile()) {
    const message = 'Cannot read the file: it is a device, a FIFO or a socket'
    return broken(path, named, { code: 'not-a-file', message })
  }
  return { path, named, size: stats.size, inode: `${stats.dev}:${stats.ino}` }
}

function* walkDirectory(directory: string, ancestors: readonly string[]): Generator<Found> {
  let entries: Dirent[]
  let real: string
  try {
    real = realpathSync(directory)
    if (ancestors.includes(real)) {
      const message = `Cannot walk the directory: it leads back to ${real}, which it is in`
      yield broken(directory, false, { code: 'directory-loop', message })
      return
    }
    entries = readdirSync(directory, { withFileTypes: true })
  } catch (error) {
    yield broken(directory, false, systemProblem(error))
    return
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  const chain = [...ancestors, real]
  for (const entry of entries) yield* walkEntry(join(directory, entry.name), entry, chain)
}

function* walkEntry(path: string, entry: Dirent, chain: readonly string[]): Generator<Found> {
  if (entry.isDirectory()) {
    yield* walkDirectory(path, chain)
    return
  }
  let stats: Stats
  try {
    stats = statSync(path)
  } catch (error) {
    yield broken(path, false, systemProblem(error))
    return
  }
  if (stats.isDirectory()) yield* walkDirectory(path, chain)
  else yield file(path, false, stats)
}
