import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Deno has no parentPort.removeAllListeners, which the thread pool calls.
    pool: 'forks',
    testTimeout: 60_000,
  },
})
