import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** The command-line tools that the codecs are held against, and the tests that need each. */
const TOOLS = {
  bzip2: 'test/unwrap/bzip2*.test.ts',
  gzip: 'test/unwrap/gzip*.test.ts',
  lz4: 'test/unwrap/lz4*.test.ts',
  lzop: 'test/unwrap/lzo*.test.ts',
  xz: 'test/unwrap/{xz,lzma}*.test.ts',
  zstd: 'test/unwrap/zstd*.test.ts',
}

const missing = Object.keys(TOOLS).filter(
  tool => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined,
) as (keyof typeof TOOLS)[]
for (const tool of missing) console.warn(`NOT RUN: ${TOOLS[tool]}, because ${tool} is not installed`)

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: missing.map(tool => TOOLS[tool]),
    // Deno has no parentPort.removeAllListeners, which the thread pool calls.
    pool: 'forks',
    // Many tests wait for servers, browsers and other processes: Vitest's own default leaves a processor free.
    maxWorkers: availableParallelism(),
    // A hang ends; a slow machine is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
