import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { buildElf, NOTE, type NoteSpec, word } from '../../fixtures/builders/elf.ts'
import { scratchDirectory } from '../scratch.ts'
import { records, run } from './run.ts'

const scratch = scratchDirectory()

const ndjson = async (...args: string[]) => records((await run(['scan', '-o', 'ndjson', ...args])).stdout)

interface Verdict {
  mode: string
  since: string
  until: string
  verdict: string
  code?: string
  message?: string
}
/** The spans of a mode, those that differ only in the words of the log joined. */
function spans(verdicts: Verdict[], mode: string): [string, string, string][] {
  const joined: [string, string, string][] = []
  for (const { since, until, verdict } of verdicts.filter(one => one.mode === mode)) {
    const open = joined.at(-1)
    if (open?.[2] === verdict) open[1] = until
    else joined.push([since, until, verdict])
  }
  return joined
}

describe('the kernel of January 2014', () => {
  const base = 0xffff_ffff_8000_0000n
  const names =
    '!writable_page_tables|writable_descriptor_tables|auto_translated_physmap|supervisor_mode_kernel'
  const notes = (features: string, supported?: bigint): NoteSpec[] => [
    { type: NOTE.GUEST_OS, value: 'linux' },
    { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
    { type: NOTE.VIRT_BASE, value: base },
    { type: NOTE.ENTRY, value: base + 0x100_0200n },
    { type: NOTE.FEATURES, value: features },
    ...(supported === undefined ? [] : [{ type: NOTE.SUPPORTED_FEATURES, value: word(supported) }]),
    { type: NOTE.LOADER, value: 'generic' },
  ]
  const write = (features: string, supported?: bigint) => {
    const path = scratch.at('vmlinux')
    writeFileSync(path, buildElf({ bits: 64, notes: notes(features, supported) }))
    return path
  }

  test('is refused as domU and as dom0 by 3.1.0 to 4.1.6.1, and taken from 4.2.0 on', async () => {
    const [record] = await ndjson(write(`${names}|hvm_callback_vector`), '--xen', 'all', '--mode', 'all')
    expect(spans(record.verdicts, 'pv-domU')).toEqual([
      ['3.1.0', '4.1.6.1', 'refuses'],
      ['4.2.0', '4.22.0', 'accepts'],
    ])
    expect(spans(record.verdicts, 'pv-dom0')).toEqual([
      ['3.1.0', '4.1.6.1', 'refuses'],
      ['4.2.0', '4.22.0', 'accepts'],
    ])
  })

  test('with its cure, SUPPORTED_FEATURES 0x90d, it is taken by all of them', async () => {
    const [record] = await ndjson(write(names, 0x90dn), '--xen', 'all')
    expect(spans(record.verdicts, 'pv-domU')).toEqual([['3.1.0', '4.22.0', 'accepts']])
  })

  test('the table says it at one glance', async () => {
    const { stdout, code } = await run(['scan', 'fixtures/catalogue', '--xen', '4.1.6.1,4.2.0'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /linux-3\.13-pvh .*\n +pv-domU +4\.1\.6\.1 +refuses +unknown-feature\n +4\.2\.0 +accepts/,
    )
    expect(stdout).toMatch(/linux-3\.14-pvh .*\n +pv-domU +4\.1\.6\.1 - 4\.2\.0 +accepts/)
    expect(stdout).toContain('hvm_callback_vector')
  })
})

test('releases that were not asked are not spoken for', async () => {
  const { stdout } = await run(['scan', 'fixtures/codecs/bzimage-lz4', '--xen', '4.11.3,4.12.0'])
  expect(stdout).toMatch(/pv-domU +4\.11\.3 +refuses +lz4-decoder-broken\n +4\.12\.0 +refuses/)
})

describe('every codec', () => {
  test.each(['wasm', 'typescript'])('gives the same facts of the same kernel: %s', async engine => {
    const all = await ndjson('fixtures/codecs', '--engine', engine, '--verify')
    expect(all.map(record => record.problem)).toEqual(all.map(() => undefined))
    const [first, ...rest] = all.map(record => record.facts.elf)
    expect(rest.length).toBe(10)
    for (const elf of rest) expect(elf).toEqual(first)
    const streams = all.flatMap(record => record.facts.layers).filter(layer => layer.kind === 'stream')
    expect(streams.map(layer => [layer.verified, layer.unpacked])).toEqual(streams.map(() => [true, 17_232]))
  })

  test('both engines print the same bytes', async () => {
    const [wasm, typescript] = await Promise.all(
      ['wasm', 'typescript'].map(engine => run(['scan', 'fixtures', '-o', 'ndjson', '--engine', engine])),
    )
    expect(typescript).toEqual(wasm)
  })
})

describe('what is broken', () => {
  test('is a record with a problem, the scan goes on, and the exit code tells', async () => {
    const { stdout, code } = await run(['scan', 'fixtures/broken', '-o', 'ndjson', '--verify'])
    expect(code).toBe(2)
    const problems = records(stdout).map(record => [
      record.image.replace('fixtures/broken/', ''),
      record.problem.code,
    ])
    expect(problems).toEqual([
      ['bzimage-corrupt', expect.stringMatching(/stream-corrupt|checksum-mismatch/)],
      ['bzimage-cut', 'payload-outside-file'],
      ['bzimage-outside', 'payload-outside-file'],
      ['bzimage-protocol', 'boot-protocol-too-old'],
      ['bzimage-unknown', 'payload-format-unknown'],
      ['elf-cut', 'elf-table-outside-file'],
      ['note-past-end', 'note-outside-file'],
    ])
    for (const { problem } of records(stdout)) expect(problem.message).toMatch(/^Cannot .*\w$/)
  })

  test('a file that is no kernel is counted in a directory, and has a record when it is named', async () => {
    const table = await run(['scan', 'fixtures/broken'])
    expect(table.stdout).toContain('2 files that are no kernels')
    const [named] = await ndjson('fixtures/broken/text')
    expect(named).toMatchObject({ kind: 'unknown', problem: { code: 'not-a-kernel' } })
    const every = await ndjson('fixtures/broken', '--every-file')
    expect(every.some(record => record.problem.code === 'not-a-kernel')).toBe(true)
  })

  test('modules, libraries, programs and empty files are counted in a directory, and judged where they are named', async () => {
    const word32 = (value: number) => [value & 255, value >> 8, 0, 0]
    /** A 32-bit ELF with program headers of these types. */
    const elf = (type: number, ...segments: number[]) => {
      const ident = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      const head = [
        ...ident,
        type,
        0,
        3,
        0,
        ...word32(1),
        ...word32(0),
        ...word32(52),
        ...word32(0),
        ...word32(0),
      ]
      const sizes = [52, 0, 32, 0, segments.length, 0, 40, 0, 0, 0, 0, 0]
      return Uint8Array.from([
        ...head,
        ...sizes,
        ...segments.flatMap(kind => [...word32(kind), ...new Array(28).fill(0)]),
      ])
    }
    /** In one block that is stored, behind a header that says its size in one byte. */
    const zstdOf = (bytes: Uint8Array) => {
      const block = (bytes.length << 3) | 1
      return Uint8Array.from([
        0x28,
        0xb5,
        0x2f,
        0xfd,
        0x20,
        bytes.length,
        block & 255,
        block >> 8,
        0,
        ...bytes,
      ])
    }
    const files = {
      empty: new Uint8Array(0),
      'module.ko': elf(1),
      'libc.so': elf(3, 1, 2),
      program: elf(2, 1, 3),
      'static-pie': elf(3, 1, 2, 3),
      'module.ko.gz': gzipSync(elf(1)),
      'module.ko.zst': zstdOf(elf(1)),
      'program.gz': gzipSync(elf(2, 1, 3)),
      'libc.so.zst': zstdOf(elf(3, 1, 2)),
    }
    mkdirSync(scratch.at('boot'))
    cpSync('fixtures/codecs/vmlinux', scratch.at('boot/vmlinux'))
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(scratch.path, 'boot', name), bytes)
    const { code, stdout } = await run([
      'scan',
      scratch.at('boot'),
      '--xen',
      '4.17.4',
      '--fail-on',
      'refuses',
    ])
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, '1 image, 9 files that are no kernels'])
    const named = await ndjson(...Object.keys(files).map(name => join(scratch.path, 'boot', name)))
    expect(named).toHaveLength(9)
    const unikernel = elf(3, 1, 2)
    writeFileSync(
      scratch.at('boot/executable'),
      Uint8Array.from([...unikernel.slice(0, 16), 2, ...unikernel.slice(17)]),
    )
    expect((await run(['scan', scratch.at('boot')])).stdout).toContain('2 images, 9 files')
  })

  test('links in a circle, links into nothing, FIFOs and a path that is not there', async () => {
    cpSync('fixtures/codecs/vmlinux', scratch.at('vmlinux'))
    symlinkSync('nothing', scratch.at('dangling'))
    mkdirSync(scratch.at('loop'))
    symlinkSync('..', join(scratch.path, 'loop', 'up'))
    execFileSync('mkfifo', [scratch.at('pipe')])
    const { stdout, code } = await run(['scan', scratch.path, scratch.at('absent'), '-o', 'ndjson'])
    expect(records(stdout).map(record => record.problem?.code)).toEqual([
      'vanished',
      'directory-loop',
      'not-a-file',
      undefined,
      'vanished',
    ])
    expect(code).toBe(2)
  })

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const path = scratch.at('secret')
    writeFileSync(path, 'x')
    chmodSync(path, 0)
    const [record] = await ndjson(path)
    expect(record.problem.code).toBe('unreadable')
  })
})

describe('reports', () => {
  test('one to standard output and others to files', async () => {
    const file = scratch.at('facts.ndjson')
    const json = scratch.at('facts.json')
    const { stdout, code } = await run([
      ...['scan', 'fixtures/codecs/vmlinux', '-o', 'table', '-o', `ndjson=${file}`, '-o', `json=${json}`],
    ])
    expect(code).toBe(0)
    expect(stdout).toContain('64-bit linux 2.6')
    const [record] = records(readFileSync(file, 'utf8'))
    const document = JSON.parse(readFileSync(json, 'utf8'))
    expect(document.images).toEqual([record])
    expect(document.summary).toEqual({ images: 1, problems: 0, notKernels: 0 })
  })

  test('a file that cannot be written fails before anything is read', async () => {
    const { code, stdout, stderr } = await run([
      'scan',
      'fixtures/codecs',
      '-o',
      `json=${scratch.path}/no/such`,
    ])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`xen-preflight: Cannot write ${scratch.path}/no/such: the system says ENOENT\n`)
  })

  test('never over an image, nor two into one file', async () => {
    const image = scratch.at('vmlinux')
    cpSync('fixtures/codecs/vmlinux', image)
    const before = readFileSync(image)
    const over = await run(['scan', image, '-o', `json=${image}`])
    expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('it is one of the files to read')])
    expect(readFileSync(image).equals(before)).toBe(true)
    const twice = await run([
      'scan',
      image,
      '-o',
      `json=${scratch.path}/a`,
      '-o',
      `ndjson=${scratch.path}/./a`,
    ])
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('Cannot write two formats')])
  })

  test('two of them to standard output, and one that is unknown', async () => {
    const two = await run(['scan', 'fixtures/codecs', '-o', 'json', '-o', 'table'])
    expect([two.code, two.stderr]).toEqual([1, expect.stringContaining('Cannot write json and table')])
    const unknown = await run(['scan', 'fixtures/codecs', '-o', 'pdf'])
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('known are table, json, ndjson'),
    ])
  })

  test('the order and the bytes do not depend on the workers', async () => {
    const [none, many] = await Promise.all(
      ['0', '4'].map(workers => run(['scan', 'fixtures', '-o', 'ndjson', '--workers', workers])),
    )
    expect(many).toEqual(none)
  })
})

describe('--fail-on', () => {
  const scan = (...args: string[]) =>
    run(['scan', 'fixtures/catalogue/linux-3.13-pvh', '--xen', '4.1.6.1', ...args])

  test('refusals make the exit code 2 where they are asked for', async () => {
    expect((await scan()).code).toBe(0)
    expect((await scan('--fail-on', 'refuses')).code).toBe(2)
    expect((await scan('--fail-on', 'uncertain')).code).toBe(2)
    expect((await run(['scan', 'fixtures/broken', '--fail-on', 'never'])).code).toBe(0)
  })
})

describe('what a person may get wrong', () => {
  test.each([
    [['scan'], 'Cannot scan anything: give paths or references'],
    [['scan', 'x', '--xen', 'nonsense'], 'Cannot read the Xen version'],
    [['scan', 'x', '--mode', 'hvm'], 'expected pv-domU, pv-dom0, pvh-domU, pvh-dom0 or all'],
    [['scan', 'x', '--engine', 'asm'], 'Allowed choices are wasm, typescript'],
    [['scan', 'x', '--workers', 'many'], 'expected a whole number'],
    [['scna'], "unknown command 'scna'"],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/\n {4}at /)
    expect([code, stdout]).toEqual([1, ''])
  })

  test('--help teaches by examples', async () => {
    const { code, stdout } = await run(['scan', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('$ xen-preflight scan /srv/kernels --xen all')
  })
})

test('says of placements with a boot path that it asks without one', async () => {
  const inventory = scratch.at('paths.yaml')
  const placement = (boot: string) => `  - {host: a, images: 'linux-*', mode: pvh-domU, boot: ${boot}}`
  const text = (...boots: string[]) =>
    `hosts:\n  - {name: a, xen: 4.17.4}\nplacements:\n${boots.map(placement).join('\n')}\n`
  const scan = () => run(['scan', 'fixtures/catalogue/linux-3.13-pvh', '--inventory', inventory])
  writeFileSync(inventory, text('pvhgrub', 'direct'))
  expect((await scan()).stderr).toContain(
    '1 placement names a boot path, and scan asks every kernel on every host without one',
  )
  writeFileSync(inventory, text('direct'))
  expect((await scan()).stderr).toBe('')
})
