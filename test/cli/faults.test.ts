import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { buildElf } from '../../fixtures/builders/elf.ts'
import { bigKernel } from '../fleet/kernels.ts'
import { scratchDirectory } from '../scratch.ts'
import { command, isDeno, records, root, run } from './run.ts'
import { slowImage } from './slow-image.ts'
import { start } from './start.ts'

const scratch = scratchDirectory()

const { at } = scratch
const names = (stdout: string) => records(stdout).map(({ image }) => image.split('/').at(-1))

describe('Ctrl-C', () => {
  beforeEach(() => {
    copyFileSync('fixtures/codecs/vmlinux', at('a'))
    writeFileSync(at('b'), slowImage())
    copyFileSync('fixtures/codecs/bzimage-xz', at('c'))
  })

  test('ends in the middle of a long stream, with what is done', async () => {
    const file = at('report.json')
    const journal = at('journal')
    const scan = start([
      'scan',
      at('a'),
      at('b'),
      at('c'),
      '-o',
      'ndjson',
      '-o',
      `json=${file}`,
      '--workers',
      '2',
      '--journal',
      journal,
    ])
    // The second worker has read what comes after the long one.
    while (!(existsSync(journal) && readFileSync(journal, 'utf8').includes(`"${at('c')}"`)))
      await setTimeout(20)
    scan.child.kill('SIGINT')
    const { code, stdout, stderr } = await scan.ended
    expect([code, stderr]).toEqual([130, ''])
    expect(names(stdout)).toEqual(['a', 'c'])
    const report = JSON.parse(readFileSync(file, 'utf8'))
    expect(report.images).toEqual(records(stdout))
    expect(report.summary).toEqual({ images: 2, problems: 0, notKernels: 0, stopped: true })
  })

  test('is told by the table', async () => {
    const scan = start(['scan', at('a'), at('b'), '--workers', '1'])
    await scan.lines(2)
    scan.child.kill('SIGINT')
    const { code, stdout } = await scan.ended
    expect(code).toBe(130)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 image, stopped before the end')
  })
})

// Deno ends as a whole where one of its threads has no memory left, and has no limit that tells.
describe.skipIf(isDeno)('a worker that dies of its memory (Node alone can bound a thread)', () => {
  /** 65,536 notes, which take more JavaScript memory than the workers get here; `name` makes each another image. */
  const writeHungry = (name: string) => {
    const note = { type: 99, value: new Uint8Array(60), owner: 'Xen' }
    const version = { type: 6, value: name }
    writeFileSync(at(name), buildElf({ bits: 64, notes: [version, ...new Array(65_535).fill(note)] }))
  }
  /** MiB in which a worker starts and reads all but these; that of Node 22 and later takes more by itself. */
  const heap = Number(process.versions.node.split('.')[0]) < 22 ? '6' : '8'
  const limited = ['--max-heap', heap, '--verify', '--workers', '1', '-o', 'ndjson']

  test('costs its image a problem record, and is replaced', async () => {
    copyFileSync('fixtures/codecs/vmlinux', at('a'))
    writeHungry('b')
    copyFileSync('fixtures/codecs/bzimage-xz', at('c'))
    const { code, stdout, stderr } = await run(['scan', scratch.path, ...limited])
    expect([code, stderr]).toEqual([2, ''])
    expect(records(stdout).map(({ problem }) => problem?.code)).toEqual([undefined, 'worker-died', undefined])
    const enough = await run(['scan', at('b'), '-o', 'ndjson', '--verify', '--workers', '1'])
    expect([enough.code, records(enough.stdout)[0].problem.code]).toEqual([2, 'too-many-notes'])
  })

  test('three in a row end the scan with what is known', async () => {
    // The largest images come first, so that nobody gets to the small ones.
    const catalogue = at('catalogue')
    mkdirSync(catalogue)
    copyFileSync('fixtures/codecs/vmlinux', join(catalogue, 'a'))
    for (const name of ['b', 'c', 'd']) writeHungry(join('catalogue', name))
    copyFileSync('fixtures/codecs/bzimage-xz', join(catalogue, 'e'))
    const file = at('report.json')
    const { code, stdout, stderr } = await run(['scan', catalogue, ...limited, '-o', `json=${file}`])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^xen-preflight: Cannot go on: 3 workers died in a row, the last of this: .*memory/,
    )
    expect(names(stdout)).toEqual(['b', 'c', 'd'])
    const { images, summary } = JSON.parse(readFileSync(file, 'utf8'))
    expect(images).toEqual(records(stdout))
    expect(summary).toMatchObject({ problems: 3, stopped: true })
  })
})

describe('a full disk', () => {
  // Deno opens no device without all permissions.
  test.skipIf(isDeno)(
    'under a report ends the scan with an error, and other reports are brought to their end',
    async () => {
      const file = at('report.json')
      const { code, stderr } = await run([
        'scan',
        'fixtures/codecs',
        '-o',
        'ndjson=/dev/full',
        '-o',
        `json=${file}`,
      ])
      expect([code, stderr]).toEqual([
        1,
        'xen-preflight: Cannot go on writing /dev/full: the system says ENOSPC\n',
      ])
      expect(JSON.parse(readFileSync(file, 'utf8')).summary.stopped).toBe(true)
    },
  )

  test.each([
    ['scan', 'fixtures/codecs', '-o', 'ndjson'],
    ['audit', 'fixtures/catalogue', '--inventory', 'fixtures/inventory.yaml', '-o', 'json'],
    ['notes', 'fixtures/catalogue/mini-os'],
    ['explain', 'fixtures/catalogue/mini-os', '--xen', '4.17.2'],
    ['releases', '4.17.2'],
    ['bench', '--rounds', '1', 'fixtures/codecs/vmlinux'],
    ['completion', 'bash'],
  ])('under standard output: %s', (...args) => {
    const [program, ...rest] = command
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(program, [...rest, ...args], {
      cwd: root,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^xen-preflight: Cannot go on writing to standard output: the system says .*(ENOSPC|No space left).*\n$/,
    )
  })

  /** Fails with EFBIG where a file grows beyond 16 KiB: as final as a full disk, and any user may set it. */
  const bounded = ['bash', '-c', 'trap "" XFSZ; ulimit -f 16; exec "$@"', 'bash']

  test.each([
    ['a file system without room', mountSmall, [], 'ENOSPC'],
    ['a file that may not grow', () => {}, bounded, isDeno ? 'File too large (os error 27)' : 'EFBIG'],
  ])('under the journal: %s', async (_, prepare, prefix, code) => {
    const disk = at('disk')
    mkdirSync(disk)
    const catalogue = at('catalogue')
    mkdirSync(catalogue)
    for (let index = 0; index < 40; index++) {
      writeFileSync(join(catalogue, `k${index}`), bigKernel(String(index).padStart(2, '0')))
    }
    const unmount = prepare(disk)
    if (unmount === 'not allowed') {
      console.warn('NOT TESTED: this machine allows no mount of a small file system')
      return
    }
    try {
      const journal = join(disk, 'journal')
      const full = await start(['scan', catalogue, '-o', 'json', '--journal', journal], prefix).ended
      expect(full.code).toBe(1)
      expect(full.stderr).toBe(
        `xen-preflight: Cannot write the journal ${journal}: the system says ${code}\n`,
      )
      const { images, summary } = JSON.parse(full.stdout)
      expect([images.length > 0, images.length < 40, summary.stopped]).toEqual([true, true, true])
      // What was written is kept, and good for going on elsewhere.
      const copy = at('journal')
      copyFileSync(journal, copy)
      const lines = readFileSync(copy, 'utf8').split('\n').length - 1
      expect(lines).toBeGreaterThan(1)
      const [resumed, plain] = await Promise.all([
        run(['scan', catalogue, '-o', 'ndjson', '--journal', copy]),
        run(['scan', catalogue, '-o', 'ndjson']),
      ])
      expect(resumed).toEqual(plain)
      expect(readFileSync(copy, 'utf8').split('\n').length).toBe(1 + 40 + 1)
    } finally {
      unmount?.()
    }
  })
})

/** Mounts a file system of 16 KiB: root alone may do that. */
function mountSmall(path: string) {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', path], { stdio: 'ignore' })
  } catch {
    return 'not allowed'
  }
  return () => {
    execFileSync('umount', [path])
  }
}

// The loader of Deno opens one file after the other.
test.skipIf(isDeno)('a limit of open files that the program itself does not fit in is told in words', () => {
  const limited = (limit: number, ...args: string[]) =>
    spawnSync('bash', ['-c', `ulimit -n ${limit}; exec "$@"`, 'bash', ...command, ...args], {
      encoding: 'utf8',
    })
  let least = 8
  while (least < 100 && limited(least, '--version').status !== 0) least++
  const runs = [1, 2, 3, 4].map(more =>
    limited(least + more, 'scan', 'fixtures/catalogue', '--xen', '4.17.7'),
  )
  const told = 'xen-preflight: Cannot go on: the system says EMFILE, the call is open\n'
  expect(runs.map(({ stderr }) => stderr)).toContain(told)
  for (const { status, stderr } of runs) expect([0, 2].includes(status!) || stderr === told).toBe(true)
})
