import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { crc32c } from '../../src/containers/crc32c.ts'
import { bigKernel } from '../fleet/kernels.ts'
import { isDeno, records, run } from './run.ts'
import { start } from './start.ts'

const COUNT = 40
const NAMES = Array.from({ length: COUNT }, (_, index) => String(index).padStart(2, '0'))

let directory: string
let catalogue: string
let journal: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  catalogue = join(directory, 'catalogue')
  journal = join(directory, 'journal')
  mkdirSync(catalogue)
})
afterEach(() => rmSync(directory, { recursive: true }))

const writeKernels = (names: readonly string[]) => {
  for (const name of names) writeFileSync(join(catalogue, name), bigKernel(name))
}
const scan = (...more: string[]) => ['scan', catalogue, '-o', 'ndjson', ...more]
const written = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(1, -1) : [])
const imagesOf = (lines: readonly string[]) => lines.map(line => JSON.parse(line).image.slice(-2)).sort()

test('a scan that is killed again and again loses nothing and counts nothing twice', async () => {
  writeKernels(NAMES)
  const plain = await run(scan('--xen', 'all'))
  const slowly = scan('--xen', 'all', '--engine', 'typescript', '--verify', '--journal', journal)
  let kills = 0
  for (let seen = 0; ; kills++) {
    const { child, ended } = start(slowly)
    const running = { yes: true }
    ended.then(() => {
      running.yes = false
    })
    while (running.yes && written().length < seen + 8) await setTimeout(2)
    child.kill('SIGKILL')
    const { code, stdout } = await ended
    if (code === null) {
      seen = written().length
      continue
    }
    const verified = await run(scan('--xen', 'all', '--verify'))
    expect([code, stdout]).toEqual([0, verified.stdout])
    break
  }
  expect(kills).toBeGreaterThan(0)
  expect(imagesOf(written())).toEqual(NAMES)
  expect(records(plain.stdout).length).toBe(COUNT)
})

test('a last line that was torn is cut off, and its image read again', async () => {
  writeKernels(NAMES.slice(0, 3))
  const plain = await run(scan('--journal', journal))
  const whole = readFileSync(journal, 'utf8')
  for (const length of [whole.length - 1, whole.length - 50, 20]) {
    writeFileSync(journal, whole)
    truncateSync(journal, length)
    expect(await run(scan('--journal', journal))).toEqual(plain)
    expect(imagesOf(written())).toEqual(NAMES.slice(0, 3))
  }
})

test('what is in the journal is not read again, unless the image has changed', async () => {
  writeKernels(NAMES.slice(0, 3))
  await run(scan('--journal', journal))
  // Marked, each line with its checksum made anew.
  const changed = readFileSync(journal, 'utf8')
    .replaceAll('"linux"', '"marks"')
    .replace(/^(.*)(,"crc32c":")[0-9a-f]{8}(?="}$)/gm, (_, line: string, seal: string) => {
      return `${line}${seal}${crc32c(Buffer.from(line)).toString(16).padStart(8, '0')}`
    })
  writeFileSync(journal, changed)
  writeFileSync(join(catalogue, '01'), bigKernel('99'))
  const again = await run(scan('--journal', journal))
  const texts = records(again.stdout).map(({ facts }) =>
    facts.elf.notes.slice(0, 2).map((note: { text: string }) => note.text),
  )
  expect(texts).toEqual([
    ['marks', '00'],
    ['linux', '99'],
    ['marks', '02'],
  ])
  expect(imagesOf(written())).toEqual(['00', '01', '01', '02'])
})

test('what may be over the next time is not noted: files that were not there, or no files', async () => {
  writeKernels(NAMES.slice(0, 1))
  await run(['scan', catalogue, join(directory, 'absent'), '--journal', journal])
  expect(imagesOf(written())).toEqual(['00'])
})

test('a line that was damaged is passed over', async () => {
  writeKernels(NAMES.slice(0, 2))
  const plain = await run(scan('--journal', journal))
  const lines = readFileSync(journal, 'utf8').split('\n')
  writeFileSync(journal, [lines[0], lines[1]!.slice(0, -9), lines[2], 'nonsense', ''].join('\n'))
  expect(await run(scan('--journal', journal))).toEqual(plain)
})

test('a byte that was changed turns no verdict: its image is read again', async () => {
  writeKernels(NAMES.slice(0, 2))
  const plain = await run(scan('--journal', journal, '--xen', '4.1.6.1'))
  const text = readFileSync(journal, 'utf8')
  const changed = text.replace('"class":2', '"class":1')
  expect(changed).not.toBe(text)
  writeFileSync(journal, changed)
  expect(await run(scan('--journal', journal, '--xen', '4.1.6.1'))).toEqual(plain)
})

test('other options, other files and no files at all are refused', async () => {
  writeKernels(NAMES.slice(0, 1))
  await run(scan('--journal', journal))
  const other = await run(scan('--journal', journal, '--verify'))
  expect([other.code, other.stdout]).toEqual([1, ''])
  expect(other.stderr).toContain('verify was false, and is true now')
  const engine = await run(scan('--journal', journal, '--engine', 'typescript', '--workers', '1'))
  expect(engine.code).toBe(0)

  const text = join(directory, 'text')
  writeFileSync(text, 'precious\n')
  const refused = await run(scan('--journal', text))
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('it is another file')])
  expect(readFileSync(text, 'utf8')).toBe('precious\n')
  appendFileSync(text, 'and torn')
  await run(scan('--journal', text))
  expect(readFileSync(text, 'utf8')).toBe('precious\nand torn')
})

// Deno opens no device without all permissions.
test.skipIf(isDeno)('a device is no journal', async () => {
  const { code, stderr } = await run(scan('--journal', '/dev/full'))
  expect([code, stderr]).toEqual([1, expect.stringContaining('it is no regular file')])
})
