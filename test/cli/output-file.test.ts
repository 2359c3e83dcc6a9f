import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { scratchDirectory } from '../scratch.ts'
import { command, isDeno, root, run } from './run.ts'
import { slowImage } from './slow-image.ts'
import { start } from './start.ts'

const scratch = scratchDirectory()

const { at } = scratch
const read = (name: string) => readFileSync(at(name), 'utf8')
const here = (...args: string[]) => run(args, { cwd: scratch.path })
const INVENTORY = join(root, 'fixtures/inventory.yaml')
const CATALOGUE = join(root, 'fixtures/catalogue')
const OLD = 'the report of before\n'

/** A catalogue that takes long after its first image. */
function slowCatalogue(): string {
  mkdirSync(at('slow'))
  copyFileSync(join(CATALOGUE, 'mini-os'), at('slow/a'))
  writeFileSync(at('slow/b'), slowImage())
  return at('slow')
}

describe('a report in a file', () => {
  test('is there only when it is whole: killed in the middle, the one of before is', async () => {
    writeFileSync(at('old.json'), OLD)
    const outputs = ['-o', `json=${at('old.json')}`, '-o', `ndjson=${at('new.ndjson')}`, '-o', 'ndjson']
    const scan = start(['scan', slowCatalogue(), ...outputs])
    await scan.lines(1)
    scan.child.kill('SIGKILL')
    await scan.ended
    expect(read('old.json')).toBe(OLD)
    expect(existsSync(at('new.ndjson'))).toBe(false)
  })

  test('that was stopped does not replace a whole one', async () => {
    writeFileSync(at('old.json'), OLD)
    writeFileSync(at('empty.json'), '')
    const outputs = ['old.json', 'empty.json', 'new.json'].flatMap(name => ['-o', `json=${at(name)}`])
    const scan = start(['scan', slowCatalogue(), ...outputs, '-o', 'ndjson'])
    await scan.lines(1)
    scan.child.kill('SIGTERM')
    const { code, stderr } = await scan.ended
    // Deno ends by the signal itself, after the handler has done its work: there is no code then.
    expect(code ?? (isDeno ? 143 : undefined)).toBe(143)
    expect(stderr).toBe(
      `xen-preflight: ${at('old.json')} is the report of before, because this one was stopped; what it has is in ${at('old.json')}.partial\n`,
    )
    expect(read('old.json')).toBe(OLD)
    for (const name of ['old.json.partial', 'empty.json', 'new.json']) {
      expect(JSON.parse(read(name)).summary).toMatchObject({ images: 1, stopped: true })
    }
    expect(readdirSync(scratch.path).sort()).toEqual([
      'empty.json',
      'new.json',
      'old.json',
      'old.json.partial',
      'slow',
    ])
  })

  test('of a run that fails is not there, and that of before is', async () => {
    mkdirSync(at('nothing'))
    writeFileSync(at('old.json'), OLD)
    const outputs = ['-o', 'json=old.json', '-o', 'html=new.html']
    const { code, stderr } = await here('audit', 'nothing', '--inventory', INVENTORY, ...outputs)
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no kernel')])
    expect(read('old.json')).toBe(OLD)
    expect(readdirSync(scratch.path).sort()).toEqual(['nothing', 'old.json'])
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'of an audit that %s ends leaves nothing',
    async signal => {
      writeFileSync(at('old.json'), OLD)
      const flags = ['--inventory', INVENTORY, '--workers', '1', '-o', `json=${at('old.json')}`]
      const audit = start(['audit', slowCatalogue(), ...flags])
      while (readdirSync(scratch.path).length < 3) await setTimeout(5)
      audit.child.kill(signal)
      expect((await audit.ended).code).not.toBe(0)
      expect(read('old.json')).toBe(OLD)
      expect(readdirSync(scratch.path).sort()).toEqual(['old.json', 'slow'])
    },
  )

  test('is not among the files of the directory that is read', async () => {
    copyFileSync(join(CATALOGUE, 'mini-os'), at('kernel'))
    const { code, stdout } = await here('scan', '.', '-o', 'json=report.json', '-o', 'table')
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, '1 image'])
    expect(JSON.parse(read('report.json')).summary).toMatchObject({ images: 1, notKernels: 0 })
  })

  test('keeps the link that leads to it, its mode, and the place of a link that leads nowhere yet', async () => {
    mkdirSync(at('reports'))
    writeFileSync(at('reports/one.json'), OLD)
    chmodSync(at('reports/one.json'), 0o640)
    symlinkSync('reports/one.json', at('one.json'))
    symlinkSync('reports/two.json', at('two.json'))
    const outputs = ['-o', 'json=one.json', '-o', 'json=two.json']
    expect((await here('scan', CATALOGUE, ...outputs)).code).toBe(0)
    for (const name of ['one.json', 'two.json']) {
      expect(lstatSync(at(name)).isSymbolicLink()).toBe(true)
      expect(JSON.parse(read(`reports/${name}`)).summary.images).toBe(10)
    }
    expect(statSync(at('reports/one.json')).mode & 0o777).toBe(0o640)
  })

  test('goes into a pipe, and to a standard output that is a file, at once', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const words = command.map(word => `'${word}'`).join(' ')
    const line = `cat pipe > copy & { echo first; ${words} scan '${CATALOGUE}' -o ndjson=pipe -o table=/dev/stdout; echo last; } > both; wait`
    execFileSync('bash', ['-c', line], { cwd: scratch.path })
    expect(read('copy').trimEnd().split('\n')).toHaveLength(10)
    expect(read('both')).toMatch(/^first\nimage [\s\S]*\n10 images\nlast\n$/)
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
  })
})

/** Another user, where we are root: nothing is closed to root. */
const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
const isRoot = process.getuid?.() === 0
const prefix = isRoot ? nobody : []
const canBeNobody = !isRoot || spawnSync(nobody[0]!, [...nobody.slice(1), 'true']).status === 0

describe.skipIf(!canBeNobody)('where not all is allowed (as root NOT RUN without setpriv)', () => {
  const asNobody = (...args: string[]) => {
    const [program, ...rest] = [...prefix, ...command, ...args]
    const { status, stderr } = spawnSync(program!, rest, {
      cwd: scratch.path,
      encoding: 'utf8',
      env: { ...process.env, HOME: scratch.path, DENO_DIR: scratch.path },
    })
    return { code: status, stderr }
  }
  // The runtime itself lies in a home that others cannot enter, where tests run as root.
  const runs = () => {
    chmodSync(scratch.path, 0o755)
    return asNobody('--version').code === 0
  }

  test('a file is not replaced that could not be written', context => {
    if (!runs()) return context.skip('nobody cannot run the command here')
    writeFileSync(at('old.json'), OLD)
    chmodSync(at('old.json'), 0o444)
    chmodSync(scratch.path, 0o777)
    const { code, stderr } = asNobody('scan', CATALOGUE, '-o', 'json=old.json')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^xen-preflight: Cannot write old.json: /)])
    expect(read('old.json')).toBe(OLD)
  })

  test('a file is overwritten in place where none can be beside it, and that is said', context => {
    if (!runs()) return context.skip('nobody cannot run the command here')
    writeFileSync(at('old.json'), OLD)
    chmodSync(at('old.json'), 0o666)
    chmodSync(scratch.path, 0o555)
    const { code, stderr } = asNobody('scan', CATALOGUE, '-o', 'json=old.json')
    expect([code, stderr]).toEqual([0, expect.stringContaining('it is overwritten in place')])
    expect(JSON.parse(read('old.json')).summary.images).toBe(10)
    chmodSync(scratch.path, 0o755)
  })
})

describe('what is read', () => {
  test('is not the configuration', async () => {
    writeFileSync(at('c.yaml'), `inventory: ${INVENTORY}\n`)
    copyFileSync(at('c.yaml'), at('xen-preflight.yaml'))
    for (const [name, flags] of [
      ['c.yaml', ['--config', 'c.yaml']],
      ['xen-preflight.yaml', []],
    ] as const) {
      const { code, stderr } = await here('audit', CATALOGUE, ...flags, '-o', `json=${name}`)
      const message = `xen-preflight: Cannot write ${name}: it is one of the files to read\n`
      expect([code, stderr]).toEqual([1, message])
      expect(read(name)).toBe(`inventory: ${INVENTORY}\n`)
    }
  })

  test('may be the baseline, which only a JSON report replaces, and which may not be there yet', async () => {
    const audit = (...more: string[]) =>
      here(
        'audit',
        CATALOGUE,
        '--inventory',
        INVENTORY,
        '--fail-on',
        'refuses',
        '--baseline',
        'last.json',
        ...more,
      )
    const first = await audit('-o', 'json=last.json')
    expect([first.code, first.stderr]).toEqual([
      2,
      expect.stringContaining(
        'There is no baseline last.json: it is taken as empty, and every finding is new',
      ),
    ])
    const report = JSON.parse(read('last.json'))
    expect(report.baseline).toMatchObject({ file: 'last.json', known: 0 })
    expect(report.baseline.new).toBeGreaterThan(0)
    const second = await audit('-o', 'json=last.json', '-o', 'table')
    expect([second.code, second.stderr]).toEqual([0, ''])
    const csv = await audit('-o', 'csv=last.json')
    expect([csv.code, csv.stderr]).toEqual([
      1,
      'xen-preflight: Cannot write last.json: it is one of the files to read\n',
    ])
    expect(JSON.parse(read('last.json')).baseline).toMatchObject({ new: 0 })
  })
})
