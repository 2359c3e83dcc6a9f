/**
 * The verdicts against what the releases' own code answered: every image, question and release.
 * The facts come from a full scan of the images, as the command makes it with --verify.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { type VectorSpan, vectorSets } from '../../fixtures/vector-sets.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { askReleases } from '../../src/xen/ask-releases.ts'
import { GateReader } from '../../src/xen/gate-reader.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import { parameterRecord } from '../../src/xen/loader-trace.ts'
import {
  type AskedGateId,
  type BootModeName,
  bootModes,
  type GateId,
  gateIds,
  isAsked,
  judge,
  parseBootMode,
  releaseIndex,
  releases,
  resolveTarget,
} from '../../src/xen/mod.ts'
import { Subject } from '../../src/xen/subject.ts'
import { bzImage, kernel } from './kernels.ts'

const QUESTIONS = ['parse-pv', 'parse-pvh', ...bootModes] as const
type Question = (typeof QUESTIONS)[number]

/** What is compared, of both sides. */
interface Said {
  verdict?: string
  stage?: string | undefined
  message?: string | undefined
  messageOf?: string | undefined
  loader?: string | undefined
  guestType?: string | undefined
  code?: string | undefined
  params?: Record<string, unknown> | undefined
}

/** The facts of every image, as `scan --verify` makes them. */
function subjectsOf(images: ReadonlyMap<string, Uint8Array>): Map<string, Subject> {
  const engine = createEngine('typescript')
  const subjects = new Map<string, Subject>()
  for (const [file, bytes] of images) {
    const source = new MemorySource(bytes)
    subjects.set(file, new Subject(readImage(engine, source, { verify: true }).facts, { build: FULL_BUILD }))
  }
  return subjects
}

const VERDICTS: Partial<Record<VectorSpan['outcome'], string>> = {
  accepts: 'accepts',
  refuses: 'refuses',
  undefined: 'uncertain',
  undecided: 'uncertain',
  firmware: 'refuses',
}

/** Stages that the second set names after the function alone. */
const STAGES: Readonly<Record<string, string>> = {
  init: 'bzimage',
  bzimage_parse: 'bzimage',
  'kernel-mem': 'read',
}
const stageOf = (stage: string | undefined) => (stage === undefined ? undefined : (STAGES[stage] ?? stage))

/** A line without what the sets add to it, or leave out: that it is a panic, and a full stop. */
const lineOf = (line: string | undefined) =>
  line === undefined || /^BUG_ON\(|^Xen BUG at [\w/]*bzimage\.c:\d+$/.test(line)
    ? line && 'Xen BUG at bzimage.c'
    : line
        ?.replace(/^PANIC(\/ERANGE)?: /, '')
        .replace(/\.$/, '')
        .replace(FIRST_SET_WORDS, 'Dom0 $1')

/** The first set has this line in the words of the older releases for all of them. */
const FIRST_SET_WORDS = /^Domain 0 (expects too high a hypervisor start address)$/

/** What Xen said, in our words; undefined where it was not asked. */
function expected({ outcome, stage, message, loader, guestType, params }: VectorSpan): Said | undefined {
  const verdict = VERDICTS[outcome]
  if (outcome === 'not-elf') return { verdict: 'not-elf' }
  if (verdict === undefined) return undefined
  const line = lineOf(message)
  const isPanic = message?.startsWith('PANIC: ')
  return {
    verdict,
    ...(outcome === 'refuses' && { stage: stageOf(stage) }),
    ...(outcome === 'refuses' && line !== undefined && { message: line }),
    ...(outcome === 'refuses' && isPanic === true && { messageOf: 'panic' }),
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
function compared(said: Said, theirs: Said): Said {
  const ours = { ...said, stage: stageOf(said.stage), message: lineOf(said.message) }
  return Object.fromEntries(Object.keys(theirs).map(key => [key, ours[key as keyof Said]]))
}

/** Every gate that a model asks while the vectors are answered. */
const asked = new Set<GateId>()
for (const name of ['gate', 'follows'] as const) {
  const ask = GateReader.prototype[name] as (id: AskedGateId, ...rest: unknown[]) => unknown
  Object.defineProperty(GateReader.prototype, name, {
    value(this: GateReader, id: AskedGateId, ...rest: unknown[]) {
      asked.add(id)
      return Reflect.apply(ask, this, [id, ...rest])
    },
  })
}

describe.each(Object.keys(vectorSets))("Xen's own answers, %s", name => {
  const { releases: listed, cases, images } = vectorSets[name]!()
  const subjects = new Map<string, Subject>()

  beforeAll(() => {
    for (const [file, subject] of subjectsOf(images)) subjects.set(file, subject)
  }, 120_000)

  test('are those of the releases that are known, on images that are there', () => {
    expect(listed).toEqual(releases)
    expect(cases.map(({ file }) => file).filter(file => !images.has(file))).toEqual([])
    expect(images.size).toBe(cases.length)
  })

  const asked = QUESTIONS.filter(question => cases.some(({ answers }) => answers[question] !== undefined))
  test.each(asked)('%s: every image and release agrees', question => {
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
    const answered = `${agreed} answers of ${cases.length} images agree`
    console.info(`${question}: ${answered} (100 %), ${unasked} could not be asked`)
    expect(agreed).toBeGreaterThan(1000)
  })
})

test('every gate is asked for an image, and no documented behaviour is', () => {
  // What the images of the sets do not meet: builds that lack something, and what makes a kernel of no file.
  const xz = subjectsOf(new Map([['xz', vectorSets['the first set']!().images.get('bz-xz.bz')!]])).get('xz')!
  const many = kernel()
  many.elf!.walks = many.elf!.walks.map(walk => ({ ...walk, stop: 'limit' }))
  const copies = kernel()
  copies.elf!.segments = copies.elf!.segments.flatMap(segment => [segment, segment, segment])
  const codes = bzImage(kernel(), 'bzip2', { manyCodes: true })
  const marked = bzImage(kernel(), 'lzma', { endMarker: true })
  const fault = { code: 'stream-corrupt', offset: 9, message: 'it ends otherwise', fault: 'end' } as const
  const ended = bzImage(kernel(), 'lzo', { error: fault, verified: false })
  const target = resolveTarget('4.17.2', { build: { pv32: false, decoders: { xz: false } } })
  for (const facts of [xz.facts, kernel({ bits: 32 }), many, copies, codes, marked, ended]) {
    for (const mode of bootModes) judge(facts, target, mode)
  }
  expect(gateIds.filter(id => isAsked(id) !== asked.has(id))).toEqual([])
})
