import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scratchDirectory } from '../scratch.ts'
import { run } from './run.ts'

const scratch = scratchDirectory()
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const FLEET = ['fixtures/catalogue', '--no-config', '--inventory', 'fixtures/inventory.yaml']

function template(text: string): string {
  writeFileSync(scratch.at('x.liquid'), text)
  return scratch.at('x.liquid')
}

test('a template writes the report, to standard output or a file beside others', async () => {
  const file = template('{{ kind }} {{ counts.refuses }}\n')
  expect((await run(['audit', ...FLEET, '-o', `template=${file}`], { env })).stdout).toBe('audit 34\n')
  const out = scratch.at('out.txt')
  const { code, stdout } = await run(['audit', ...FLEET, '-o', `template=${file}=${out}`, '-o', 'json'], {
    env,
  })
  expect([code, readFileSync(out, 'utf8')]).toEqual([0, 'audit 34\n'])
  expect(JSON.parse(stdout).counts.refuses).toBe(34)
})

test('upgrades, comparisons of them, and differences have their own documents', async () => {
  const file = template('{{ to }}{{ targets[best].to }}{{ counts.same }}')
  const upgrade = (to: string) => run(['upgrade', ...FLEET, '--to', to, '-o', `template=${file}`], { env })
  expect((await upgrade('4.17.4')).stdout).toBe('4.17.4')
  expect((await upgrade('4.10.0,4.17.4')).stdout).toBe('4.17.4')
  const json = scratch.at('a.json')
  await run(['audit', ...FLEET, '-o', `json=${json}`], { env })
  expect((await run(['diff', json, json, '-o', `template=${file}`], { env })).stdout).toBe('80')
})

test.each([
  ['template', 'expected a template, as in -o template=report.liquid'],
  ['template=nowhere.liquid', 'Cannot read the template nowhere.liquid: the system says ENOENT'],
])('-o %s', async (output, message) => {
  const { code, stderr } = await run(['audit', ...FLEET, '-o', output], { env })
  expect(code).toBe(1)
  expect(stderr).toContain(message)
})

test('a template with a fault is told before anything is read or written', async () => {
  const file = template('{% if %}')
  const out = scratch.at('out.json')
  const { code, stdout, stderr } = await run(
    ['audit', ...FLEET, '-o', `template=${file}`, '-o', `json=${out}`],
    { env },
  )
  expect([code, stdout, existsSync(out)]).toEqual([1, '', false])
  expect(stderr).toMatch(/^xen-preflight: Cannot use the template .*x\.liquid: .*line:1, col:6\n$/)
})

test('prometheus and codequality are written by audits and scans', async () => {
  for (const format of ['prometheus', 'codequality']) {
    const audit = await run(
      ['audit', 'fixtures/catalogue', '--no-config', '--xen', '4.1.6.1', '-o', format],
      { env },
    )
    const scan = await run(['scan', 'fixtures/catalogue', '--no-config', '--xen', '4.1.6.1', '-o', format], {
      env,
    })
    expect(scan.stdout).toBe(audit.stdout)
    expect(audit.stdout).toContain('unknown-feature')
  }
})
