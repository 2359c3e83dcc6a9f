/**
 * The verdicts against what the releases' own code answered: every image, question and release.
 * The facts come from a full scan of the images, as the command makes it with --verify.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { askReleases } from '../../src/xen/ask-releases.ts'
import { GateReader } from '../../src/xen/gate-reader.ts'
import { parameterRecord } from '../../src/xen/loader-trace.ts'
import { type BootModeName, bootModes, parseBootMode, releaseIndex, releases } from '../../src/xen/mod.ts'
import { Subject } from '../../src/xen/subject.ts'

const HOME = new URL('../../fixtures/vectors/', import.meta.url)
const QUESTIONS = ['parse-pv', 'parse-pvh', ...bootModes] as const
type Question = (typeof QUESTIONS)[number]

interface Span {
  since: string
  until: string
  outcome: 'accepts' | 'refuses' | 'undefined' | 'firmware' | 'undecided' | 'not-elf' | 'unasked'
  stage?: string
  message?: string
  loader?: string
  guestType?: string
  params?: Record<string, unknown>
}

interface Case {
  file: string
  how: string
  answers: Partial<Record<Question, Span[]>>
}

/** What is compared, of both sides. */
interface Said {
  verdict?: string
  stage?: string | undefined
  message?: string | undefined
  loader?: string | undefined
  guestType?: string | undefined
  code?: string | undefined
  params?: Record<string, unknown> | undefined
}

const { releases: listed, cases } = JSON.parse(readFileSync(new URL('cases.json', HOME), 'utf8')) as {
  releases: string[]
  cases: Case[]
}
const subjects = new Map<string, Subject>()

beforeAll(async () => {
  const engine = createEngine('typescript')
  for (const { file } of cases) {
    const bytes = new Uint8Array(readFileSync(new URL(`images/${file}`, HOME)))
    const source = {
      size: bytes.length,
      read(into: Uint8Array, position: number) {
        const part = bytes.subarray(position, position + into.length)
        into.set(part)
        return part.length
      },
    }
    const { facts } = readImage(engine, source, { verify: true })
    subjects.set(file, new Subject(facts))
  }
}, 120_000)

const VERDICTS: Partial<Record<Span['outcome'], string>> = {
  accepts: 'accepts',
  refuses: 'refuses',
  undefined: 'uncertain',
  undecided: 'uncertain',
  firmware: 'refuses',
}

/** The vectors mark panics and failed assertions by words of their own in front of what the log has. */
const logged = (message: string | undefined) =>
  message?.startsWith('BUG_ON(') ? 'Xen BUG at bzimage.c' : message?.replace(/^PANIC(?:\/ERANGE)?: /, '')

/** What Xen said, in our words; undefined where it was not asked. */
function expected({ outcome, stage, message, loader, guestType, params }: Span): Said | undefined {
  const verdict = VERDICTS[outcome]
  if (outcome === 'not-elf') return { verdict: 'not-elf' }
  if (verdict === undefined) return undefined
  return {
    verdict,
    ...(outcome === 'refuses' && { stage, message: logged(message) }),
    ...(outcome === 'firmware' && { code: 'hvm-firmware' }),
    ...(loader !== undefined && { loader }),
    ...(guestType !== undefined && { guestType }),
    ...(params !== undefined && { params }),
  }
}

/** libelf alone, as the questions parse-pv and parse-pvh ask it. */
function parseAlone(subject: Subject, index: number, hvm: boolean): Said {
  const ask = new GateReader(index)
  const { file, facts } = subject
  const tiny = file.size < 4 && ask.gate('libelf-bounds') === 'unchecked'
  if (tiny) return { verdict: 'uncertain' }
  if (facts.kind !== 'elf') return { verdict: 'not-elf' }
  const init = subject.init(ask, file)
  if (init?.verdict === 'uncertain') return { verdict: 'uncertain' }
  if (init?.code === 'not-a-kernel') return { verdict: 'not-elf' }
  // libelf has no log yet while it looks at the header.
  if (init !== undefined) return { verdict: 'refuses', stage: 'elf_init' }
  const { stop, parameters } = subject.parse(ask, file, hvm)
  if (stop?.verdict === 'uncertain') return { verdict: 'uncertain' }
  if (stop !== undefined) return { verdict: 'refuses', stage: 'elf_xen_parse', message: stop.message }
  return { verdict: 'accepts', params: parameterRecord(parameters, ask) }
}

/** What we say to a question, release by release. */
function said(subject: Subject, question: Question): (index: number) => Said {
  if (question === 'parse-pv' || question === 'parse-pvh') {
    return index => parseAlone(subject, index, question === 'parse-pvh')
  }
  const spans = askReleases(subject, parseBootMode(question as BootModeName))
  let at = 0
  return index => {
    while (releaseIndex(spans[at]!.until)! < index) at++
    return spans[at]!
  }
}

/** Only what Xen said is compared: our answers say more. */
function compared(ours: Said, theirs: Said): Said {
  return Object.fromEntries(Object.keys(theirs).map(key => [key, ours[key as keyof Said]]))
}

describe("Xen's own answers", () => {
  test('are those of the releases that are known, on images that are there', () => {
    expect(listed).toEqual(releases)
    const images = new Set(readdirSync(new URL('images/', HOME)))
    expect(cases.map(({ file }) => file).filter(file => !images.has(file))).toEqual([])
    expect(images.size).toBe(cases.length)
  })

  test.each(QUESTIONS)('%s: every image and release agrees', question => {
    let agreed = 0
    let unasked = 0
    for (const { file, how, answers } of cases) {
      const answer = said(subjects.get(file)!, question)
      for (const span of answers[question] ?? []) {
        const theirs = expected(span)
        for (let index = releaseIndex(span.since)!; index <= releaseIndex(span.until)!; index++) {
          if (theirs === undefined) {
            unasked++
            continue
          }
          const ours = compared(answer(index), theirs)
          // vitest's equality is slow, and there are half a million of these.
          if (JSON.stringify(ours) === JSON.stringify(theirs)) agreed++
          else expect(ours, `${file} (${how}), ${question} on ${releases[index]}`).toEqual(theirs)
        }
      }
    }
    const asked = `${agreed} answers of ${cases.length} images agree`
    console.info(`${question}: ${asked} (100 %), ${unasked} could not be asked`)
    expect(agreed).toBeGreaterThan(1000)
  })
})
