/**
 * The configuration that applies: `xen-preflight.yaml`, here or in a directory above, or the file of `--config`.
 * @module
 */
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { problemLine } from '../document/problem.ts'
import type { Config } from '../policy/config.ts'
import { readTextFile } from './read-text-file.ts'
import { UsageError } from './usage-error.ts'

export const CONFIG_NAME = 'xen-preflight.yaml'

/** `--config FILE`; false for `--no-config`, undefined where nothing is said. */
export type ConfigFlag = string | false | undefined

/** A configuration and the file that it was read from. */
export interface LoadedConfig extends Config {
  file?: string
}

/**
 * Reads the configuration, its paths turned into such from the working directory. Throws a UsageError where it cannot
 * be read, and one that names each fault where it has any. The parser of YAML is loaded where there is a file.
 */
export async function loadConfig(flag: ConfigFlag): Promise<LoadedConfig> {
  if (flag === false) return { ignore: [] }
  const file = flag ?? findConfig()
  if (file === undefined) return { ignore: [] }
  const { parseConfig } = await import('../policy/config.ts')
  const { config, problems } = parseConfig(readConfig(file), file)
  if (problems.length > 0) {
    throw new UsageError(`Cannot use the configuration ${file}:`, problems.map(problemLine))
  }
  const from = (path: string) => (resolve(path) === path ? path : join(dirname(file), path))
  const { inventory, baseline } = config
  return {
    ...config,
    file,
    ...(inventory !== undefined && { inventory: inventory.map(from) }),
    ...(baseline !== undefined && { baseline: from(baseline) }),
  }
}

/** The closest one, from the working directory upward; none where that is gone. */
function findConfig(): string | undefined {
  let here: string
  try {
    here = process.cwd()
  } catch {
    return undefined
  }
  for (let directory = here; ; directory = dirname(directory)) {
    const file = join(directory, CONFIG_NAME)
    if (existsSync(file)) return relative(here, file)
    if (directory === dirname(directory)) return undefined
  }
}

function readConfig(file: string): string {
  try {
    return readTextFile(file)
  } catch (error) {
    throw new UsageError(`Cannot read the configuration ${file}: ${(error as Error).message}`)
  }
}
