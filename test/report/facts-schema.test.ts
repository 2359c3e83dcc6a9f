import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { releasesQuestion } from '../../src/findings/question.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { readFile } from '../../src/fleet/read-file.ts'
import { unreadable } from '../../src/read/read-file.ts'
import { ImageEntry } from '../../src/report/scan/entry.ts'
import { ndjsonReport } from '../../src/report/scan/ndjson.ts'
import { openFile } from '../../src/source/node/file.ts'
import { bootModes } from '../../src/xen/boot-mode.ts'
import { releases } from '../../src/xen/releases.ts'
import { strict } from './strict-schema.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const schema = JSON.parse(readFileSync(new URL('../../schema/facts.schema.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false })
const valid = ajv.compile(strict(schema))

const filesBelow = (folder: string) =>
  readdirSync(join(fixtures, folder), { recursive: true })
    .map(name => join(fixtures, folder, String(name)))
    .filter(path => statSync(path).isFile())
    .sort()

const engine = createEngine('typescript')
const report = ndjsonReport()

async function recordOf(path: string, options: { verify?: boolean; ask?: boolean } = {}) {
  const result = readFile(engine, () => openFile(path), { verify: options.verify ?? false })
  const entry = new ImageEntry(path, result.records[0]!.json)
  if (options.ask) entry.judgements = releasesQuestion(releases, bootModes).ask(entry.record.facts)
  return JSON.parse(report.image(entry))
}

const expectValid = (record: { image: string }) =>
  expect(valid(record), `${record.image}: ${JSON.stringify(valid.errors, null, 1)}`).toBe(true)

describe('the schema of facts records', () => {
  it.each(['catalogue', 'codecs', 'broken', 'vectors/images'])(
    'fits every image of fixtures/%s',
    async folder => {
      const files = filesBelow(folder)
      expect(files.length).toBeGreaterThan(5)
      for (const path of files) expectValid(await recordOf(path))
    },
  )

  it('fits what is unpacked to its end', async () => {
    for (const path of [...filesBelow('codecs'), ...filesBelow('broken')]) {
      expectValid(await recordOf(path, { verify: true }))
    }
  })

  it('fits verdicts on all releases in all modes', async () => {
    for (const path of [...filesBelow('catalogue'), ...filesBelow('broken')]) {
      const record = await recordOf(path, { ask: true })
      expect(record.verdicts.length).toBeGreaterThan(3)
      expectValid(record)
    }
  })

  it('fits verdicts on hosts, and images that could not be read', async () => {
    const record = await recordOf(filesBelow('catalogue')[0]!)
    const verdict = { mode: 'pv-domU', xen: '4.1.6.1', hosts: ['xen01'], verdict: 'refuses', stage: 'parse' }
    expectValid({
      ...record,
      verdicts: [{ ...verdict, code: 'unknown-feature', reason: 'why', remedies: ['do'] }],
    })
    const entry = new ImageEntry(
      'gone',
      unreadable({ code: 'vanished', message: 'It is not there' }).records[0]!.json,
    )
    expectValid(JSON.parse(report.image(entry)))
  })

  it('finds faults', async () => {
    const record = await recordOf(filesBelow('catalogue')[1]!)
    expectValid(record)
    const { facts } = record
    for (const fault of [
      { ...record, image: undefined },
      { ...record, extra: 1 },
      { ...record, kind: 'pe' },
      { ...record, facts: { ...facts, version: 3 } },
      { ...record, facts: { ...facts, elf: { ...facts.elf, entry: '0x00' } } },
      { ...record, facts: { ...facts, elf: { ...facts.elf, notes: [{ owner: 'Xen' }] } } },
      { ...record, facts: { ...facts, layers: [{ kind: 'bzimage' }] } },
      { ...record, verdicts: [{ mode: 'pv-domU', since: '4.0.0', verdict: 'accepts', reason: 'why' }] },
    ]) {
      expect(valid(JSON.parse(JSON.stringify(fault)))).toBe(false)
    }
  })
})
