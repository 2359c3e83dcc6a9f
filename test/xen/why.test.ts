import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { vectorSets } from '../../fixtures/vector-sets.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { TextSetter } from '../../src/report/text-setter.ts'
import { whyData, whyTable } from '../../src/report/why-table.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { askBootPath } from '../../src/xen/boot-path/ask.ts'
import { PLACES, placeIn, releasesAt } from '../../src/xen/log-catalogue/places.ts'
import { knownLines } from '../../src/xen/log-catalogue.ts'
import { withoutPrefixes } from '../../src/xen/log-text.ts'
import { bootModes, Judge, releases, resolveTarget } from '../../src/xen/mod.ts'
import type { CauseCode } from '../../src/xen/verdict.ts'
import { causesIn, type FoundLine, findLoaderLines } from '../../src/xen/why.ts'

const setter = new TextSetter({ colour: false, width: 80 })
/** Causes of which no release says a word: its lines are about what was tried before. */
const UNSAID: ReadonlySet<string> = new Set(['unknown-feature', 'unknown-required-feature'])
const NO_DECODERS = { bzip2: false, lzma: false, xz: false, lzo: false, lz4: false, zstd: false }
/** What is built in decides which lines there are. */
const BUILDS = [{}, { build: { decoders: NO_DECODERS, pv32: false } }, { build: { pv: false } }]
/** The last release of each span is asked: it has the line of the whole span. */
function linesOfModels() {
  const found = new Map<string, { code: string; release: string; mode: string }>()
  /** Logs in which no line names the cause. */
  const unnamed = new Set<string>()
  const engine = createEngine('typescript')
  for (const load of Object.values(vectorSets)) {
    for (const bytes of load().images.values()) {
      const { facts } = readImage(engine, new MemorySource(bytes), { verify: true })
      for (const options of BUILDS) {
        const judge = new Judge(facts, options)
        for (const mode of bootModes) {
          for (const { verdict, code, since, message } of judge.spans(mode)) {
            if (verdict !== 'refuses' || (message !== undefined && found.has(message))) continue
            const { log } = judge.verdict(resolveTarget(since, options), mode)
            if (log !== undefined && !isNamed(log.lines, code!, since))
              unnamed.add(`${log.lines.join(' / ')} (${code}, ${mode} on ${since})`)
            for (const line of log?.lines ?? []) {
              if (!found.has(line)) found.set(line, { code: code!, release: since, mode })
            }
          }
        }
      }
    }
  }
  return { found, unnamed }
}

/** Whether a line of the log names the cause. Damage shows as what the bytes then say. */
function isNamed(lines: readonly string[], code: string, release: string): boolean {
  const known = findLoaderLines(lines.join('\n'), [release])
  if (
    UNSAID.has(code) ||
    code === 'stream-broken' ||
    known.every(({ known: { kind } }) => kind !== undefined)
  )
    return true
  return known.some(({ known: { causes } }) => causes.includes(code as CauseCode))
}

/** The lines of a file of logs, without those about it. */
const linesOf = (name: string): string[] =>
  readFileSync(new URL(`../../fixtures/logs/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))

describe('why', () => {
  test('finds every line that the models log, on the side, in the release and with the cause that they give', () => {
    const { found: lines, unnamed } = linesOfModels()
    expect([...unnamed]).toEqual([])
    expect(lines.size).toBeGreaterThan(100)
    const unknown: string[] = []
    for (const [line, { code, release, mode }] of lines) {
      const [hit] = findLoaderLines(line, [release])
      const side = mode.endsWith('dom0') ? 'hypervisor' : 'toolstack'
      const fits = hit !== undefined && (hit.known.side === 'both' || hit.known.side === side)
      if (!fits) unknown.push(`${line} (${code}, ${mode} on ${release})`)
    }
    expect(unknown).toEqual([])
  }, 300_000)

  test.each([
    'xc: error: panic: xc_dom_core.c:573: xc_dom_find_loader: no loader found: Invalid kernel',
    '2021-04-01 10:11:12 UTC xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: Invalid kernel',
    'Mar 12 08:00:01 host1 xenstored[311]: xc: error: xc_dom_find_loader: no loader found: Invalid kernel',
    '  xc_dom_find_loader: no loader found  ',
    'xc: detail: xc_dom_find_loader: no loader found',
    'domainbuilder: detail: xc_dom_find_loader: no loader found',
    '[2012-03-01 10:00:00 1717] ERROR (XendDomainInfo:488) xc_dom_find_loader: no loader found',
    'ERROR Invalid kernel: xc_dom_find_loader: no loader found',
    String.raw`VmError: (2, 'Invalid kernel', 'xc_dom_find_loader: no loader found\n')`,
    String.raw`xen.lowlevel.xc.Error: (2, "Invalid kernel", "xc_dom_find_loader: no loader found\n")`,
  ])('cuts what is before the text: %s', line => {
    expect(withoutPrefixes(line)).toMatch(/^xc_dom_find_loader: no loader found/)
    expect(findLoaderLines(line)[0]!.known.pattern).toBe('xc_dom_find_loader: no loader found')
  })

  test.each([
    [
      'xc: error: panic: xc_dom_bzimageloader.c:768: xc_dom_probe_bzimage_kernel unable to LZ4 decompress kernel',
      'lz4-decoder-broken',
    ],
    ['libxl: error: libxl_dom.c:646:libxl__build_dom: xc_dom_parse_image failed', undefined],
    [
      'xc: error: panic: xg_dom_core.c:374: xc_dom_do_gunzip: inflate failed (rc=-3): Internal error',
      'stream-broken',
    ],
    ['(XEN) ELF: shdr overflow (off 1f40 > size 8c0)', 'elf-table-outside'],
    [
      "(XEN) ERROR: Will only load images built for the generic loader or Linux images (Not '' and 'netbsd') or with PHYS32_ENTRY set",
      'loader-not-supported',
    ],
    ['(XEN) Dom0 requires supervisor-mode execution', 'required-features'],
    [
      'xc: error: panic: xg_dom_boot.c:86: xc_dom_compat_check: guest type xen-3.0-x86_32p not supported by xen kernel, sorry: Invalid kernel',
      'pv32-not-built',
    ],
  ] as const)('knows %s', (line, cause) => {
    const [hit] = findLoaderLines(line)
    expect(hit).toBeDefined()
    if (cause !== undefined) expect(hit!.known.causes).toContain(cause)
  })

  test('says that a line is logged of every ELF: by 4.1 as an error, later as a detail', () => {
    const line =
      'xc: error: panic: xc_dom_bzimageloader.c:588: xc_dom_probe_bzimage_kernel: kernel is not a bzImage: Invalid kernel'
    expect(findLoaderLines(line)[0]!.known).toMatchObject({ kind: 'noise', causes: [] })
    expect(findLoaderLines(line, ['4.1.6.1'])).toHaveLength(1)
    const detail = 'domainbuilder: detail: xc_dom_probe_bzimage_kernel: kernel is not a bzImage'
    expect(findLoaderLines(detail, ['4.6.6'])[0]!.known).toMatchObject({ kind: 'noise', causes: [] })
    expect(findLoaderLines(line, ['3.4.0'])).toEqual([])
  })

  test('finds no cause in the logs of what starts', () => {
    const text = readFileSync(new URL('../../fixtures/logs/working-boots.txt', import.meta.url), 'utf8')
    expect(text.split('---\n').length).toBeGreaterThanOrEqual(20)
    expect(findLoaderLines(text).filter(({ known }) => known.kind !== 'noise')).toEqual([])
  })

  test('finds no cause in logs of public reports in which the kernel was loaded', () => {
    const text = readFileSync(new URL('../../fixtures/logs/public-boots.txt', import.meta.url), 'utf8')
    const excerpts = text.split('---\n').filter(excerpt => excerpt.includes('# https://'))
    expect(excerpts.length).toBeGreaterThanOrEqual(20)
    for (const excerpt of excerpts)
      expect(findLoaderLines(excerpt).filter(({ known }) => known.kind !== 'noise')).toEqual([])
    // The line that 4.1 has for every ELF is known, and no cause.
    expect(findLoaderLines(text).some(({ known }) => known.kind === 'noise')).toBe(true)
  })

  test('knows every step of a loader for noise, and takes no failure for one', () => {
    for (const line of linesOf('loader-steps.txt')) {
      const [text] = line.split(': detail: ').slice(1)
      const kinds = findLoaderLines(line).map(({ known }) => known.kind)
      expect([line, ...kinds]).toEqual([line, 'noise'])
      if (/^(xc_dom_|elf_|ELF)/.test(text!)) expect([text, findLoaderLines(text!).length]).toEqual([text, 1])
    }
    for (const line of linesOf('loader-errors.txt')) {
      const kinds = findLoaderLines(line).map(({ known }) => known.kind)
      expect([line, kinds.includes('noise')]).toEqual([line, false])
    }
  })

  test('knows every detail of the builder in logs of kernels that were loaded, and tells all of them as one', () => {
    for (const name of ['working-boots.txt', 'public-boots.txt']) {
      const details = linesOf(name).filter(line =>
        /domainbuilder: detail|xc: detail: ELF|\(XEN\) ELF/.test(line),
      )
      expect(details.length).toBeGreaterThan(5)
      expect(details.filter(line => findLoaderLines(line).length === 0)).toEqual([])
    }
    const log = linesOf('loader-steps.txt')
      .filter(line => line.includes('virt_'))
      .join('\n')
    expect(whyTable(findLoaderLines(log), setter)).toMatch(
      /^1: .* \(\d+ times\)\n[^:]*\n {2}It means nothing/,
    )
  })

  test('a failure among the steps keeps its cause', () => {
    const log = [
      'domainbuilder: detail: xc_dom_find_loader: trying Linux bzImage loader ...',
      'domainbuilder: detail: xc_try_lzma_decode: LZMA decompression error Memory usage limit reached',
      'domainbuilder: detail: loader probe failed',
      'xc: error: panic: xc_dom_core.c:573: xc_dom_find_loader: no loader found: Invalid kernel',
    ].join('\n')
    expect(findLoaderLines(log, ['4.0.4']).map(({ known }) => [known.kind, known.causes[0]])).toEqual([
      ['noise', undefined],
      [undefined, 'dictionary-too-large'],
      ['noise', undefined],
      ['ending', undefined],
    ])
  })

  test('keeps the order and the numbers of a log, in any kind of line ends', () => {
    const log =
      '(XEN) *** LOADING DOMAIN 0 ***\r\n(XEN) Mismatch between Xen and DOM0 kernel\r\n\r\n(XEN) Panic on CPU 0:\n(XEN) Could not set up DOM0 guest OS\n'
    expect(findLoaderLines(log).map(({ number, known }) => [number, known.kind])).toEqual([
      [2, undefined],
      [4, 'ending'],
      [5, 'ending'],
    ])
  })

  test('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), text => {
        for (const { number, text: line } of findLoaderLines(text)) {
          expect(number).toBeGreaterThan(0)
          expect(text).toContain(line)
        }
      }),
    )
  })

  test('names releases that are known', () => {
    for (const { since, until } of knownLines) {
      for (const release of [since, until]) if (release !== undefined) expect(releases).toContain(release)
    }
  })
})

test('the place in a prefix tells which releases have the line there', () => {
  const at = (place: string) =>
    releasesAt(
      'xc_dom_find_loader: no loader found',
      placeIn(`xc: error: panic: ${place}: xc_dom_find_loader: no`)!,
    )
  expect(at('xc_dom_core.c:539')).toEqual(['4.1.0', '4.1.1', '4.1.2', '4.1.3', '4.2.0'])
  expect(at('xc_dom_core.c:1')).toEqual([])
  const log =
    'xc: error: panic: xc_dom_bzimageloader.c:634: xc_dom_probe_bzimage_kernel: kernel is not a bzImage: Invalid kernel'
  expect(whyTable(findLoaderLines(log), setter)).toMatch(
    /xc_dom_bzimageloader\.c:634: upstream has it there in 4\.1\./,
  )
  const patched = log.replace(':634:', ':9999:')
  expect(whyTable(findLoaderLines(patched), setter)).toContain('no release of upstream has it there')
  expect(whyData(findLoaderLines(log)).lines[0]!.place?.spans.length).toBe(1)
})

test('every place is of a line that is known, and of a release', () => {
  const patterns = new Set(knownLines.map(({ pattern }) => pattern))
  for (const [pattern, spans] of Object.entries(PLACES)) {
    expect(patterns).toContain(pattern)
    for (const span of spans.split(', '))
      expect(span).toMatch(
        /^[0-9.]+ (-|x[cg]_dom_[a-z0-9]+\.c:\d+(-\d+)?( x[cg]_dom_[a-z0-9]+\.c:\d+(-\d+)?)*)$/,
      )
    expect(releases).toEqual(expect.arrayContaining(spans.split(', ').map(span => span.split(' ')[0])))
  }
})

describe("the programs that find or load a guest's kernel", () => {
  test('every line that the models of GRUB and PV-GRUB print is found, with the cause that they give', () => {
    const engine = createEngine('typescript')
    const messages = new Set<string>()
    const unnamed = new Set<string>()
    for (const load of Object.values(vectorSets)) {
      for (const bytes of load().images.values()) {
        const { facts } = readImage(engine, new MemorySource(bytes), { verify: true })
        for (const path of ['pvgrub2', 'pvhgrub', 'pv-grub'] as const) {
          for (const { message, code } of askBootPath(facts, { path })) {
            if (message === undefined) continue
            messages.add(message)
            const own = findLoaderLines(message.replace('%s', '/boot/vmlinuz').replace(/\.$/, ''))
            const isNamed = own.some(({ known }) => known.kind === 'noise' || known.causes.includes(code!))
            if (!isNamed && !UNSAID.has(code!)) unnamed.add(`${path}: ${message} (${code})`)
          }
        }
      }
    }
    expect(messages.size).toBeGreaterThan(15)
    expect([...unnamed]).toEqual([])
    for (const message of messages) {
      const text = message.replace('%s', '/boot/vmlinuz').replace(/\.$/, '')
      const [hit] = findLoaderLines(`noise\nerror: ../../grub-core/loader/i386/xen_file.c:103:${text}.`)
      expect([text, hit?.number]).toEqual([text, 2])
    }
  }, 300_000)

  test("every error that pygrub's releases ended with is found, and Python's own words only in a log that names pygrub", () => {
    const file = new URL('../../fixtures/boot-paths/pygrub.json', import.meta.url)
    const errors = new Set(readFileSync(file, 'utf8').match(/(?<="error": ")(?:[^"\\]|\\.)*/g))
    expect(errors.size).toBeGreaterThan(20)
    const log = (error: string) =>
      `Traceback (most recent call last):\n  File "/usr/lib/xen/bin/pygrub", line 9\n${error}\n`
    const missed = [...errors].filter(error => {
      const [hit] = findLoaderLines(log(JSON.parse(`"${error}"`) as string))
      return hit?.known.side !== 'pygrub'
    })
    expect(missed).toEqual([])
    expect(
      findLoaderLines(
        'Traceback (most recent call last):\n  File "/usr/bin/cloud-init"\nIndexError: list index out of range\n',
      ),
    ).toEqual([])
  })
})

test('causes that a release does not have are left out for it', () => {
  const [{ known }] = findLoaderLines('xc_dom_probe_bzimage_kernel unable to LZ4 decompress kernel') as [
    FoundLine,
  ]
  expect(causesIn(known)).toContain('lz4-decoder-broken')
  expect(causesIn(known, ['4.9.2'])).toContain('lz4-decoder-broken')
  expect(causesIn(known, ['4.17.4'])).not.toContain('lz4-decoder-broken')
})

test('what can be done comes with its command', () => {
  const found = findLoaderLines('(XEN) Kernel does not support Dom0 operation')
  expect(whyTable(found, setter).replace(/\s+/g, ' ')).toMatch(
    /do: For Linux: Build the kernel with CONFIG_XEN_DOM0=y in its .config: scripts\/config -e XEN/,
  )
  expect(whyData(found).lines[0]!.remedies[0]).toMatchObject({ by: 'tenant' })
})
