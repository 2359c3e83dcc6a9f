/** What the figures were measured on and with. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { toolVersion } from './command.ts'
import type { Machine } from './results.ts'

const TOOLS = ['gzip', 'bzip2', 'xz', 'lzop', 'lz4', 'zstd', 'readelf', 'eu-readelf', 'file', 'rg']

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cpus: availableParallelism(),
  memory: totalmem(),
  system: `${type()} ${release()}`,
})

export function readVersions(root: string): Record<string, string> {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const versions: Record<string, string> = {
    [name]: version,
    node: process.versions.node,
    v8: process.versions.v8,
  }
  for (const tool of TOOLS) {
    const found = toolVersion(tool)
    if (found !== undefined) versions[tool] = found
  }
  return versions
}
