/**
 * Paths to files: directories are walked in the order of their names, links are followed.
 * @module
 */
import { type BigIntStats, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Problem } from '../problem.ts'
import { NOT_A_FILE, systemProblem } from './file.ts'
import { identityOf } from './identity.ts'

/** One thing that a walk met. */
export interface Found {
  path: string
  /** True for a path that was named, and not met in a directory. */
  named: boolean
  /** Bytes of the file; 0 with a problem. */
  size: number
  /** Which file it is (identity.ts): equal for hard links. Empty with a problem. */
  identity: string
  /** True where the file has other names too (hard links). */
  linked: boolean
  /** Why the path cannot be read. */
  problem?: Problem
}

/**
 * Yields the files at and below `paths`, one directory in memory at a time. What is no regular file, or
 * cannot be reached, is yielded with a problem. Below each path a directory that links lead to is walked for the
 * first of them alone: directories that link to each other twice would else be walked 2^n times.
 */
export function* walk(paths: Iterable<string>): Generator<Found> {
  for (const path of paths) {
    const found = look(path, true)
    if (found !== undefined) yield found
    else yield* walkDirectory(path, { chain: [], linked: new Set() })
  }
}

/** What is at `path`; nothing for a directory. */
function look(path: string, named: boolean): Found | undefined {
  try {
    const stats = statSync(path, { bigint: true })
    return stats.isDirectory() ? undefined : file(path, named, stats)
  } catch (error) {
    return broken(path, named, systemProblem(error, path))
  }
}

const broken = (path: string, named: boolean, problem: Problem): Found => ({
  path,
  named,
  size: 0,
  identity: '',
  linked: false,
  problem,
})

function file(path: string, named: boolean, stats: BigIntStats): Found {
  if (!stats.isFile()) return broken(path, named, NOT_A_FILE)
  return { path, named, size: Number(stats.size), identity: identityOf(stats), linked: stats.nlink > 1n }
}

interface Place {
  /** The real paths of the directories that this one is in, outermost first. */
  chain: readonly string[]
  /** The real paths of the directories that links led to so far. */
  linked: Set<string>
}

function* walkDirectory(directory: string, { chain, linked }: Place): Generator<Found> {
  let names: string[]
  let real: string
  try {
    real = realpathSync.native(directory)
    if (chain.includes(real)) {
      const message = `Cannot walk the directory: it leads back to ${real}, which it is in`
      yield broken(directory, false, { code: 'directory-loop', message })
      return
    }
    const parent = chain.at(-1)
    if (parent !== undefined && real !== join(parent, basename(directory))) {
      if (linked.has(real)) return
      linked.add(real)
    }
    // Names alone: with their types a directory of 100,000 files takes four times the memory.
    names = readdirSync(directory)
  } catch (error) {
    yield broken(directory, false, systemProblem(error, directory, 'directory'))
    return
  }
  names.sort()
  const place = { chain: [...chain, real], linked }
  // Joining is work, and there are many names in one directory.
  const prefix = join(directory, 'x').slice(0, -1)
  for (const name of names) {
    const found = look(prefix + name, false)
    if (found !== undefined) yield found
    else yield* walkDirectory(prefix + name, place)
  }
}
