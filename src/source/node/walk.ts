/**
 * Paths to files: directories are walked in the order of their names, links are followed.
 * @module
 */
import { type BigIntStats, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Problem } from '../../problem.ts'
import type { Found, OpenSource } from '../source.ts'
import { openFile, openFoundFile } from './file.ts'
import { identityOf } from './identity.ts'
import { withoutParts } from './named-parts.ts'
import { NOT_A_FILE, systemProblem } from './system-problem.ts'

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

class FoundFile implements Found {
  readonly address: string
  readonly named: boolean
  readonly size: number
  readonly identity: string
  readonly linked: boolean

  constructor(path: string, named: boolean, stats: BigIntStats) {
    this.address = path
    this.named = named
    this.size = Number(stats.size)
    this.identity = identityOf(stats)
    this.linked = stats.nlink > 1n
  }

  open(asFound = false): OpenSource {
    return asFound ? openFoundFile(this.address, this) : openFile(this.address)
  }
}

const broken = (path: string, named: boolean, problem: Problem): Found => ({
  address: path,
  named,
  size: 0,
  identity: '',
  linked: false,
  problem,
  open: () => openFile(path),
})

const file = (path: string, named: boolean, stats: BigIntStats): Found =>
  stats.isFile() ? new FoundFile(path, named, stats) : broken(path, named, NOT_A_FILE)

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
    names = withoutParts(directory, readdirSync(directory))
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
