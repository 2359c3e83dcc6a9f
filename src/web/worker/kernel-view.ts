/**
 * What the page shows of an image: what it is, what all releases and loaders make of it, and what can be done.
 * @module
 */

import { describeGuest, describeLayers } from '../../facts/describe.ts'
import type { Facts } from '../../facts/facts.ts'
import { causeTitle } from '../../findings/cause-codes.ts'
import { releasesQuestion } from '../../findings/question.ts'
import type { ImageRecord } from '../../record/type.ts'
import { modeWord } from '../../report/html/words.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import { askBootPath, type LoaderSpan } from '../../xen/boot-path/ask.ts'
import { Judge } from '../../xen/judge.ts'
import type { LogLines } from '../../xen/log-lines.ts'
import { reasonText } from '../../xen/reason-text.ts'
import { releases } from '../../xen/releases.ts'
import { remedyDocument } from '../../xen/remedies/remedy-text.ts'
import { resolveTarget } from '../../xen/target.ts'
import type { CauseCode } from '../../xen/verdict.ts'
import type { CauseView, KernelView, LoaderView, ModeView, RemedyView, SpanView } from '../messages.ts'

/** The loaders of guests that have rules of their own. */
const LOADERS = ['pvgrub2', 'pv-grub', 'pvhgrub'] as const

/** Files in which no loader would look for a kernel: they have no answers. */
const NO_KERNEL: ReadonlySet<string> = new Set(['empty', 'not-a-kernel', 'no-kernel-inside'])

export function kernelView(image: string, json: string): KernelView {
  const { facts, problem, remarks = [] } = JSON.parse(json) as ImageRecord
  const view: KernelView = {
    image,
    json,
    layers: describeLayers(facts),
    guest: describeGuest(facts),
    size: facts.size,
    remarks,
    ...(problem !== undefined && { problem }),
  }
  if (problem !== undefined && NO_KERNEL.has(problem.code)) return view
  return { ...view, answers: answersOf(facts, problem) }
}

function answersOf(facts: Facts, problem: ImageRecord['problem']): NonNullable<KernelView['answers']> {
  const causes = new Causes()
  const judge = new Judge(facts)
  const judgements = releasesQuestion(releases, bootModes).ask(facts, problem)
  const modes = bootModes.map((mode): ModeView => {
    // The newest first: what its releases say is the first cause.
    const own = judgements.filter(judgement => judgement.mode === mode).reverse()
    const spans = own.map(({ since, until, verdict, code, reason, log }): SpanView => {
      const span = { since: since!, until: until!, verdict }
      if (code === undefined || (verdict !== 'refuses' && verdict !== 'uncertain')) return span
      const found = { code, verdict, reason: reasonText(reason), ...(log !== undefined && { log }) }
      const cause = causes.add(found, modeWord[mode], span, () => remediesAt(judge, mode, span.until))
      return { ...span, cause }
    })
    return { mode, spans: joined(spans.reverse()) }
  })
  const loaders = LOADERS.flatMap(path => loaderViews(fitting(askBootPath(facts, { path })), causes))
  return { modes, loaders, causes: causes.list }
}

/** Without the builds of a loader that are for another machine, unless all of them are. */
function fitting(spans: readonly LoaderSpan[]): readonly LoaderSpan[] {
  const foreign = new Set(
    spans
      .filter(({ arch, code }, index) => code === 'machine-mismatch' && spans[index + 1]?.arch !== arch)
      .map(({ arch }) => arch),
  )
  const own = spans.filter(({ arch }) => !foreign.has(arch))
  return own.length > 0 ? own : spans
}

/** What can be done about what the newest release of a span says. */
const remediesAt = (judge: Judge, mode: BootModeName, release: string): RemedyView[] =>
  judge.verdict(resolveTarget(release), mode).remedies.map(remedy => {
    const { text, command, file } = remedyDocument(remedy)
    return {
      text: file === undefined ? text : `${text}; in ${file}`,
      ...(command !== undefined && { command }),
    }
  })

function loaderViews(spans: readonly LoaderSpan[], causes: Causes): LoaderView[] {
  const views: (LoaderView & { spans: SpanView[] })[] = []
  for (const { boot, arch, since, until, verdict, code, reason, message } of spans) {
    if (since === undefined || until === undefined) continue
    let view = views.find(known => known.arch === arch)
    if (view === undefined) {
      view = { path: boot, ...(arch !== undefined && { arch }), spans: [] }
      views.push(view)
    }
    const span: SpanView = { since, until, verdict }
    if (code !== undefined && (verdict === 'refuses' || verdict === 'uncertain')) {
      const log = message === undefined ? {} : { log: { lines: [message] } }
      span.cause = causes.add({ code, verdict, reason, ...log }, loaderName(boot, arch), span, () => [])
    }
    view.spans.push(span)
  }
  return views.map(view => ({ ...view, spans: joined(view.spans) }))
}

const loaderName = (path: string, arch: string | undefined) => (arch === undefined ? path : `${path} ${arch}`)

/** Spans that differ only in what their logs say are one to the eye. */
function joined(spans: readonly SpanView[]): SpanView[] {
  const list: SpanView[] = []
  for (const span of spans) {
    const open = list.at(-1)
    if (open?.verdict === span.verdict && open.cause === span.cause) open.until = span.until
    else list.push({ ...span })
  }
  return list
}

interface Found {
  code: CauseCode
  verdict: 'refuses' | 'uncertain'
  reason: string
  log?: LogLines
}

/** Each thing that is wrong once, with all places where it shows. */
class Causes {
  readonly list: (CauseView & { where: { who: string; since: string; until: string }[] })[] = []

  add(found: Found, who: string, { since, until }: SpanView, remedies: () => RemedyView[]): number {
    const known = this.list.findIndex(
      ({ code, verdict, reason }) =>
        code === found.code && verdict === found.verdict && reason === found.reason,
    )
    if (known === -1) {
      const { code } = found
      this.list.push({
        ...found,
        title: causeTitle(code),
        remedies: remedies(),
        where: [{ who, since, until }],
      })
      return this.list.length - 1
    }
    const cause = this.list[known]!
    const last = cause.where.at(-1)!
    if (last.who === who && releases.indexOf(until) === releases.indexOf(last.since) - 1) last.since = since
    else cause.where.push({ who, since, until })
    // The newest release has the cures that are left.
    if (cause.remedies.length === 0) cause.remedies = remedies()
    return known
  }
}
