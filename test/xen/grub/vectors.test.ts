/**
 * The model of GRUB's Xen loader against GRUB itself: its parser, compiled and run on every image, and grub-file of
 * Debian (see fixtures/boot-paths/README.md).
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../../src/fleet/engines.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { readImage } from '../../../src/unwrap/read-image.ts'
import { ComponentReader } from '../../../src/xen/component.ts'
import { grubArchs } from '../../../src/xen/grub/answer.ts'
import { buildFor, GrubSubject, grubSpans, parseKernel } from '../../../src/xen/grub/judge.ts'
import { pvgrub2 } from '../../../src/xen/grub/pvgrub2.ts'
import { askPvhGrub } from '../../../src/xen/grub/pvhgrub.ts'

const HOME = new URL('../../../fixtures/boot-paths/', import.meta.url)
const IMAGES = new URL('../../../fixtures/vectors/images/', import.meta.url)
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, HOME), 'utf8'))
const engine = createEngine('typescript')

interface Span {
  since: string
  until: string
  outcome: 'parses' | 'refuses' | 'undefined'
  stage?: string
  message?: string
  arch?: string
}

interface Case {
  image: string
  parser?: Span[]
  /** By version: the builds that take it. */
  grubFile: Record<string, string[] | 'crash'>
}

/** What was run were programs of 64 bits, as this build is. */
const PROGRAM = 'x86_64-xen'
/** The versions whose parser was run. */
const RUN = ['2.02-beta2', '2.02', '2.04', '2.06', '2.12', '2.14']

function subjectOf(file: URL): GrubSubject {
  return new GrubSubject(readImage(engine, new MemorySource(readFileSync(file)), { verify: true }).facts)
}

const versionIndex = (version: string) => pvgrub2.versions.indexOf(version)

function parsedBy(subject: GrubSubject, version: string): Omit<Span, 'since' | 'until'> {
  const parsed = parseKernel(new ComponentReader(pvgrub2, versionIndex(version)), subject, PROGRAM)
  if (!('verdict' in parsed)) return { outcome: 'parses', arch: parsed.info.arch }
  if (parsed.verdict === 'uncertain') return { outcome: 'undefined' }
  return { outcome: 'refuses', stage: parsed.stage, message: parsed.message! }
}

/** What grub-file looks at: everything up to the architecture. */
function takenBy(subject: GrubSubject, version: string): string[] | 'crash' {
  const parsed = parseKernel(new ComponentReader(pvgrub2, versionIndex(version)), subject, PROGRAM)
  if ('verdict' in parsed) return parsed.verdict === 'uncertain' ? 'crash' : []
  return grubArchs.filter(build => build === buildFor(parsed.info.arch))
}

describe("GRUB's parser", () => {
  const cases = read<Case[]>('grub-xen.json')
  test.each(cases)('$image', ({ image, parser, grubFile }) => {
    const subject = subjectOf(new URL(image, IMAGES))
    const undefinedReads = parser?.some(({ outcome }) => outcome === 'undefined') ?? false
    const expected = RUN.map(version => {
      const span = parser?.find(
        ({ since, until }) =>
          versionIndex(since) <= versionIndex(version) && versionIndex(version) <= versionIndex(until),
      )
      const { since: _since, until: _until, ...answer } = span ?? { since: '', until: '' }
      return answer
    })
    if (parser !== undefined) expect(RUN.map(version => parsedBy(subject, version))).toEqual(expected)
    // Where the parser reads past its buffer, what grub-file says is chance.
    if (undefinedReads) return
    for (const [version, taken] of Object.entries(grubFile)) {
      expect({ version, taken: takenBy(subject, version) }).toEqual({ version, taken })
    }
  })
})

test.each(read<Case[]>('grub-codecs.json'))('codecs: $image', ({ image, grubFile }) => {
  const subject = subjectOf(new URL(`codec-images/${image}`, HOME))
  for (const [version, taken] of Object.entries(grubFile)) {
    const pvh = askPvhGrub(subject.facts).verdict === 'accepts' ? ['pvh'] : []
    expect({ version, taken: [...takenBy(subject, version), ...pvh] }).toEqual({ version, taken })
  }
})

describe('spans', () => {
  test('join versions with the same answer', () => {
    const subject = subjectOf(new URL('codec-images/zstd.bzimage', HOME))
    const spans = grubSpans(subject, 'x86_64-xen')
    expect(
      spans.map(({ since, until, verdict, stage, code, message }) => ({
        since,
        until,
        verdict,
        stage,
        code,
        message,
      })),
    ).toEqual([
      {
        since: '2.02-beta2',
        until: '2.12',
        verdict: 'refuses',
        stage: 'file',
        code: 'codec-unsupported',
        message: 'not xen image',
      },
      {
        since: '2.14',
        until: '2.14',
        verdict: 'accepts',
        stage: undefined,
        code: undefined,
        message: undefined,
      },
    ])
  })

  test('xz was broken in one release candidate only', () => {
    const spans = grubSpans(subjectOf(new URL('codec-images/xz.bzimage', HOME)), 'x86_64-xen')
    expect(spans.map(({ since, until, verdict }) => `${since} to ${until}: ${verdict}`)).toEqual([
      '2.02-beta2 to 2.02-beta3: accepts',
      '2.02-rc1 to 2.02-rc1: refuses',
      '2.02-rc2 to 2.14: accepts',
    ])
  })
})

describe('PVH GRUB', () => {
  const facts = (name: string, change: (bytes: Uint8Array) => void) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, HOME)))
    change(bytes)
    return readImage(engine, new MemorySource(bytes)).facts
  }

  test('refuses a zImage', () => {
    const image = 'codec-images/gzip.bzimage'
    expect(askPvhGrub(facts(image, () => {})).verdict).toBe('accepts')
    expect(askPvhGrub(facts(image, bytes => bytes.fill(0, 0x211, 0x212)))).toMatchObject({
      verdict: 'refuses',
      message: "zImage doesn't support 32-bit boot",
    })
  })

  test('takes an ELF that has a multiboot header, and no other', () => {
    const image = 'reports/pvhonly-64'
    expect(askPvhGrub(facts(image, () => {})).message).toBe('no multiboot header found')
    const header = (bytes: Uint8Array) => {
      const view = new DataView(bytes.buffer)
      for (const [index, word] of [0x1bad_b002, 0, -0x1bad_b002].entries())
        view.setInt32(4096 + 4 * index, word, true)
    }
    expect(askPvhGrub(facts(image, header))).toMatchObject({
      verdict: 'accepts',
      reason: { code: 'taken-by-multiboot' },
    })
  })
})
