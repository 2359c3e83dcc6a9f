import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { columnsOf } from '../../src/report/fit.ts'
import { isDeno, root } from './run.ts'
import { slowImage } from './slow-image.ts'
import { missingTools, onTerminal } from './tmux.ts'

/** Restores a position, saves one, or moves to another line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal is told by control characters.
const MOVES = /\u001b(?:7|8|\[[su]|\[[\d;]*[ABEFHdf])/
/** The numbers after the bar. */
const BAR = /\d images, \d+ MiB, /

/** The lines that a command wrote, after its own, without the control characters that Deno writes first. */
const linesOf = (written: string) => stripVTControlCharacters(written).split(/\r?\n/).slice(1)

const needs = missingTools.length === 0 ? '' : ` (NOT RUN: needs ${missingTools.join(' and ')})`

describe.skipIf(missingTools.length > 0)(`on a terminal${needs}`, () => {
  let directory: string
  /** Kernels, and one between them that takes long enough for the bar to be drawn over and over. */
  let slow: string
  let disk: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
    disk = join(directory, 'd')
    writeFileSync(disk, brotliDecompressSync(readFileSync(join(root, 'fixtures/disks/gpt.img.br'))))
    slow = join(directory, 'slow')
    mkdirSync(slow)
    for (const name of ['a', 'n', 'z']) {
      cpSync(join(root, 'fixtures/catalogue'), join(slow, name), { recursive: true })
    }
    writeFileSync(join(slow, 'm'), slowImage())
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  const INVENTORY = '--inventory fixtures/inventory.yaml'
  const SLOW = '--max-output 20'
  const PVH = 'fixtures/catalogue/linux-3.13-pvh'
  type Case = [columns: number, what: string, line: () => string]
  // Deno opens no device without all permissions.
  const DEVICE: Case[] = isDeno
    ? []
    : [[80, 'a report to the terminal by name', () => `scan ${slow} ${SLOW} -o table=/dev/tty`]]
  const NO_LOADER = 'xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: Invalid kernel'
  test.each<[number, string, () => string]>([
    [40, 'spans', () => 'scan fixtures/catalogue --xen 4.1.6.1,4.17.4 --no-progress'],
    [80, 'spans of a product', () => "scan fixtures/catalogue --xen 'XCP-ng 8.2' --no-progress"],
    [60, 'a disk', () => `list ${disk}`],
    [40, 'a line of a log', () => `why '${NO_LOADER}'`],
    [50, 'the walk of a loader', () => `explain ${PVH} --xen 4.1.6.1`],
    [40, 'what parts two releases', () => `explain ${PVH} --xen 4.1.6.1,4.2.0`],
    [40, 'all releases', () => `explain ${PVH} --xen all`],
    [50, 'the builds of hosts', () => `explain ${PVH} ${INVENTORY} --brief`],
    [50, "the walk of a guest's loader", () => `explain ${PVH} --boot pvgrub2@2.06`],
    [60, 'notes', () => `notes --readers --strict-readers ${PVH}`],
    [50, 'what a guest boots', () => `boot ${disk} --xen all`],
    [40, 'releases', () => 'releases'],
    [40, 'a release', () => 'releases 4.17.4'],
    [50, 'a component', () => 'releases --component pvgrub2'],
    [50, 'a vendor', () => 'releases --vendor debian'],
    [50, 'a repair', () => `repair ${PVH} --for 4.1.6.1 -o ${directory}/repaired`],
  ])('%i columns: no line is longer: %s', async (columns, _, line) => {
    const { written, code } = await onTerminal(`xen-preflight ${line()}`, { columns })
    expect(code).toBe(0)
    const lines = linesOf(written)
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.filter(text => columnsOf(text) > columns)).toEqual([])
  })

  test.each([80, 50])('%i columns: no line of a help is longer', async columns => {
    const names = 'scan audit upgrade diff notes explain boot list repair queue releases bench'
    const { written } = await onTerminal(
      `xen-preflight --help; for name in ${names}; do xen-preflight $name --help; done`,
      { columns },
    )
    const lines = linesOf(written)
    expect(lines.length).toBeGreaterThan(500)
    expect(lines.filter(line => line.length > columns && !line.startsWith('Usage:'))).toEqual([])
    const commands = written.match(/\$ xen-preflight (?:.*\\\r?\n)+.*/g) ?? []
    expect(commands.length).toBeGreaterThan(5)
    for (const command of commands) expect(command).not.toMatch(/\S\\\r?\n/)
  })

  test.each<Case>([
    [80, 'the sample run', () => `scan fixtures/catalogue ${INVENTORY} --mode pv-domU`],
    [120, 'the sample run', () => `scan fixtures/catalogue ${INVENTORY} --mode pv-domU`],
    [80, 'facts', () => `scan ${slow} ${SLOW}`],
    [120, 'a matrix', () => `scan ${slow} ${SLOW} ${INVENTORY} --mode all`],
    [80, 'no workers', () => `scan ${slow} ${SLOW} --xen all --workers 0`],
    [80, 'JSON, whose lines are not finished', () => `scan ${slow} ${SLOW} -o json`],
    [80, 'records', () => `scan ${slow} ${SLOW} -o ndjson | cut -c 1-60`],
    [120, 'records that are read late', () => `scan ${slow} ${SLOW} -o ndjson | (sleep 0.3; cut -c 1-60)`],
    ...DEVICE,
    [80, 'audit', () => `audit ${slow} ${SLOW} ${INVENTORY}`],
    [120, 'upgrade', () => `upgrade ${slow} ${SLOW} ${INVENTORY} --to 4.17.4`],
  ])('%i columns: the screen is as without a bar: %s', async (columns, _, line) => {
    const shown = await onTerminal(`xen-preflight ${line()}`, { columns })
    const plain = await onTerminal(`xen-preflight ${line().replace(/ \||$/, ' --no-progress$&')}`, {
      columns,
    })
    expect(shown.screen).toBe(plain.screen)
    expect(shown.code).toBe(plain.code)
    expect(shown.written).not.toMatch(MOVES)
    expect(shown.written).toMatch(BAR)
    expect(plain.written).not.toMatch(BAR)
  })

  test('bench draws a bar and leaves nothing of it', async () => {
    const { screen, written } = await onTerminal('xen-preflight bench --rounds 1 fixtures/catalogue', {
      columns: 80,
    })
    expect(screen).toMatch(/^layers/)
    expect(screen).not.toMatch(BAR)
    expect(written).toMatch(BAR)
    expect(written).not.toMatch(MOVES)
  })

  test('nothing is drawn after the first record has gone to another program', async () => {
    const { written } = await onTerminal(`xen-preflight scan ${slow} ${SLOW} -o ndjson | cut -c 1-9`, {
      columns: 80,
    })
    const first = written.indexOf('{"image":')
    expect(first).toBeGreaterThan(0)
    expect(written.slice(first)).not.toMatch(BAR)
  })

  test('a bar is drawn beside records that go to a file', async () => {
    const { screen, written } = await onTerminal(
      `xen-preflight scan ${slow} ${SLOW} -o ndjson > ${join(directory, 'facts')}`,
      { columns: 80 },
    )
    expect(written.match(new RegExp(BAR, 'g'))?.length).toBeGreaterThan(2)
    expect(screen).toBe('')
  })

  test.each([
    ['audit', '--inventory fixtures/inventory.yaml'],
    ['bench', '--verify --rounds 9999'],
    ['scan', ''],
  ])('Ctrl-C clears the bar: %s', async (name, flags) => {
    const paths = name === 'bench' ? 'fixtures/codecs' : join(slow, 'm')
    const { code, screen, written } = await onTerminal(`xen-preflight ${name} ${flags} ${paths}`, {
      columns: 80,
      interruptAt: BAR,
    })
    expect(code).toBe(130)
    expect(written).toMatch(BAR)
    expect(screen).not.toMatch(BAR)
  })
})
