/**
 * Every fixture that some release refuses: what refuses it, and what comes of a repair for just those releases. The golden file
 * has the whole table; the tests hold it to what repair promises.
 */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { changeTexts } from '../../src/report/repair-parts.ts'
import type { RepairTarget } from '../../src/repair/target.ts'
import { targetList } from '../../src/repair/target-list.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { NoWholeElf, openWholeElf } from '../../src/unwrap/whole-elf.ts'
import { bootModes } from '../../src/xen/boot-mode.ts'
import type { CauseCode } from '../../src/xen/verdict.ts'
import { engine, fixture, read, releaseTargets, repair } from './kernels.ts'

const FOLDERS = ['catalogue', 'codecs', 'builds', 'broken']
const files = FOLDERS.flatMap(folder =>
  readdirSync(new URL(`../../fixtures/${folder}`, import.meta.url))
    .filter(name => !/\.\w{2,}$/.test(name) || name.startsWith('linux-') || name === 'vmlinux.gz')
    .map(name => `${folder}/${name}`),
)

/** What lies in how a kernel is stored or in notes that old releases cannot read: repair cures it, whatever else is so. */
const CURABLE: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'bzimage-unsupported',
  'codec-unsupported',
  'compressed-file-unsupported',
  'decoder-not-built',
  'dictionary-too-large',
  'lz4-decoder-broken',
  'no-section-names',
  'size-word-wrong',
  'stream-unsupported',
  'unknown-feature',
])

/** The targets of one mode that refuse a kernel, those with one cause together. */
function refusing(path: string): { mode: string; code: CauseCode; targets: RepairTarget[] }[] {
  const facts = read(fixture(path))
  return bootModes.flatMap(mode => {
    const groups = new Map<CauseCode, RepairTarget[]>()
    for (const target of releaseTargets([mode])) {
      const { verdict, code } = target.ask(facts)
      if (verdict === 'refuses') groups.set(code!, [...(groups.get(code!) ?? []), target])
    }
    return [...groups].map(([code, targets]) => ({ mode, code, targets }))
  })
}

function problemOf(path: string): string | undefined {
  try {
    const opened = openWholeElf(engine, new MemorySource(fixture(path)))
    try {
      opened.finish()
      return undefined
    } finally {
      opened.close()
    }
  } catch (error) {
    if (!(error instanceof NoWholeElf)) throw error
    return error.message
  }
}

async function rowsOf(path: string): Promise<string[]> {
  const problem = problemOf(path)
  if (problem !== undefined) return [`  no file: ${problem}`]
  const rows: string[] = []
  for (const { mode, code, targets } of refusing(path)) {
    const { facts, plan } = await repair(fixture(path), targets)
    const open = plan.open.map(({ target }) => target)
    const cured = targets.filter(target => !open.includes(target))
    const before = read(fixture(path))
    const list = (some: readonly RepairTarget[]) => targetList(some).join('; ').replace(` as ${mode}`, '')
    for (const target of cured) expect(target.ask(facts).verdict, `${path} ${target.label}`).toBe('accepts')
    if (CURABLE.has(code)) {
      // What is left may be refused for something else, which the first cause hid.
      for (const { after } of plan.open)
        expect(CURABLE.has(after.code!), `${path} ${mode} ${code}`).toBe(false)
    }
    rows.push(`  ${mode} ${code}`)
    if (cured.length > 0) {
      rows.push(`    cured    ${list(cured)}`)
      rows.push(...changeTexts(before, plan.form, plan.edit.changes).map(text => `             ${text}`))
    }
    const groups = new Map<string, RepairTarget[]>()
    for (const { target, after } of plan.open) {
      const actors = [...new Set(after.remedies.map(({ by }) => by))].sort().join(', ')
      expect(after.reason).not.toBe('')
      expect(after.remedies.length, `${path} ${mode} ${target.label}`).toBeGreaterThan(0)
      const row = `${after.code}: ${after.reason} (${actors})`
      groups.set(row, [...(groups.get(row) ?? []), target])
    }
    for (const [row, some] of groups) rows.push(`    refused  ${list(some)}`, `             ${row}`)
  }
  return rows.length === 0 ? ['  refused by no release'] : rows
}

test('each is repaired and then accepted, or refused with its reason and with who can cure it', async () => {
  const lines: string[] = []
  for (const path of files) lines.push(path, ...(await rowsOf(path)))
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../fixtures/golden/repair-fixtures.txt')
})
