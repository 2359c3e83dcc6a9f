import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Journal } from '../../src/fleet/journal.ts'
import type { ReadResult } from '../../src/read/read-file.ts'
import type { Found } from '../../src/source/source.ts'
import { scratchDirectory } from '../scratch.ts'

const scratch = scratchDirectory()

const identity = '1:2:3:4:5'
const found = { address: '/srv/web.qcow2', identity } as Found
const result = (records: ReadResult['records']): ReadResult => ({ records, read: 10, unpacked: 20, identity })

/** What a journal that is opened again has for the file. */
function reopened(add: (journal: Journal) => void, damage = ''): ReadResult | undefined {
  const path = scratch.at('journal')
  const journal = new Journal(path, {})
  add(journal)
  journal.flush()
  journal.close()
  appendFileSync(path, damage)
  const again = new Journal(path, {})
  try {
    return again.find(found)
  } finally {
    again.close()
  }
}

test.each([
  ['one record', [{ json: '{"kind":"elf"}' }]],
  ['a problem', [{ json: '{"kind":"unknown"}', problem: 'empty' as const }]],
  ['no record', []],
  [
    'a record for each image of a container',
    [
      { json: '{"kind":"bzimage"}', inside: 'part1/boot/vmlinuz' },
      { json: '{"kind":"unknown"}', problem: 'not-elf' as const, inside: 'part2/kernel' },
    ],
  ],
])('a file with %s comes back from the journal', (_, records) => {
  expect(reopened(journal => journal.add(found, result(records)))).toEqual(result(records))
})

test('a line that is no result is not used', () => {
  const line =
    '{"image":"/srv/web.qcow2","identity":"2:3:4:5","read":1,"unpacked":1,"records":[{"record":{}}]}\n'
  expect(reopened(() => {}, line)).toBeUndefined()
})

test('a line with a changed byte is not used, wherever that is', () => {
  const path = scratch.at('journal')
  const journal = new Journal(path, {})
  journal.add(found, result([{ json: '{"kind":"elf","facts":{"size":12}}', problem: 'empty' }]))
  journal.flush()
  journal.close()
  const whole = readFileSync(path)
  const first = whole.indexOf('\n') + 1
  fc.assert(
    fc.property(
      fc.integer({ min: first, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, change) => {
        const bytes = Buffer.from(whole)
        bytes[at]! ^= change
        writeFileSync(path, bytes)
        const again = new Journal(path, {})
        try {
          expect(again.find(found)).toBeUndefined()
        } finally {
          again.close()
        }
      },
    ),
    { examples: [[whole.indexOf('12'), 1]] },
  )
})

test('a file that has changed since is not found', () => {
  const journal = new Journal(scratch.at('journal'), {})
  journal.add(found, result([]))
  journal.flush()
  journal.close()
  const again = new Journal(scratch.at('journal'), {})
  expect(again.find({ ...found, identity: '1:2:3:4:6' })).toBeUndefined()
  again.close()
})
