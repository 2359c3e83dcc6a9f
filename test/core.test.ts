import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

/** Bundles modules of src/ for a browser; returns their code and the runtime's modules that they ask for. */
async function bundled(code: string) {
  const builtins: string[] = []
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    tsconfig: false,
    plugins: [
      {
        name: 'entry',
        resolveId: id => {
          if (id === 'entry') return fileURLToPath(new URL('./entry.ts', import.meta.url))
          if (isBuiltin(id)) builtins.push(id)
          return undefined
        },
        load: id => (id.endsWith('/test/entry.ts') ? code : undefined),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'core' })
  await bundle.close()
  return { code: output[0].code, builtins }
}

/** What a browser has of what Node and Deno have. */
const BROWSER = ['WebAssembly', 'TextEncoder', 'TextDecoder', 'URL', 'performance']

test('the core is bundled for a browser without a module of the runtime, and reads a kernel there', async () => {
  const { code, builtins } = await bundled(`export * from '../src/core.ts'`)
  expect(builtins).toEqual([])
  expect(code).not.toMatch(/\b(?:process|Buffer|__dirname)\b\s*\./)
  const { runInNewContext } = await import('node:vm')
  const { readFileSync } = await import('node:fs')
  const scope = Object.fromEntries(BROWSER.map(name => [name, (globalThis as Record<string, unknown>)[name]]))
  const file = new URL('../fixtures/catalogue/linux-3.13-pvh', import.meta.url)
  const verdicts = runInNewContext(
    `${code}
    const { facts } = core.readImage(core.createTypeScriptEngine(), new core.MemorySource(bytes));
    ['4.1.6.1', '4.2.0'].map(release => core.judge(facts, core.resolveTarget(release), 'pv-domU').verdict).join()`,
    { ...scope, bytes: new Uint8Array(readFileSync(file)) },
  )
  expect(verdicts).toBe('refuses,accepts')
})
