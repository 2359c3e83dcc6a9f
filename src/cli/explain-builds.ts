/**
 * What `explain` says of versions that stand for several releases, or for packages of which not all patches are known.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { JudgedBuild } from '../findings/builds.ts'
import { VERDICT_STYLE, verdictText } from '../report/style.ts'
import type { TextSetter } from '../report/text-setter.ts'
import { traceTable } from '../report/trace-table.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import { judge } from '../xen/judge.ts'
import { type LoaderTrace, traceLoader } from '../xen/loader-trace.ts'
import { reasonText } from '../xen/reason-text.ts'
import { targetWord } from '../xen/remedies/own-command.ts'
import { aimedAt, remedyDocument } from '../xen/remedies/remedy-text.ts'
import { resolveTarget, type Target } from '../xen/target.ts'
import type { CauseCode, VerdictWord } from '../xen/verdict.ts'

/** The verdict on a version, where the walks of its releases do not tell it. */
export interface WholeAnswer {
  verdict: VerdictWord
  code?: CauseCode
  reason: string
}

/** What audits and scans say of `target`; undefined where that is what each of the walks says. */
export function wholeAnswer(
  facts: Facts,
  target: Target,
  mode: BootModeName,
  walks: readonly LoaderTrace[],
): WholeAnswer | undefined {
  const { verdict, code, reason } = judge(facts, target, mode)
  if (walks.every(walk => walk.verdict === verdict)) return undefined
  return { verdict, ...(code !== undefined && { code }), reason: reasonText(reason) }
}

export interface BuildAnswer {
  label: string
  hosts: readonly string[]
  /** Of releases next to each other that say the same, the last one; none where no release is known. */
  walks: LoaderTrace[]
  whole?: WholeAnswer
  remarks: readonly string[]
}

/** What each build of an inventory says, with what is known of its hosts. */
export const explainBuilds = (
  facts: Facts,
  builds: readonly JudgedBuild[],
  mode: BootModeName,
): BuildAnswer[] =>
  builds.map(({ label, hosts, version, options }) => {
    const target = resolveTarget(version, options)
    return { label, hosts, remarks: target.remarks, ...explainTarget(facts, target, mode) }
  })

/** A walk for each answer of the releases that `target` may be. */
export function explainTarget(
  facts: Facts,
  target: Target,
  mode: BootModeName,
): Pick<BuildAnswer, 'walks' | 'whole'> {
  const rest = target.remarks.map(text => ({ code: 'target' as const, text }))
  const all = target.releases.map(release => traceLoader(facts, release, mode, target.options))
  const walks = all
    .filter((walk, index) => {
      const next = all[index + 1]
      return next === undefined || next.verdict !== walk.verdict || next.code !== walk.code
    })
    .map(walk => ({ ...walk, assumptions: [...walk.assumptions, ...rest] }))
  const whole = walks.length === 0 ? undefined : wholeAnswer(facts, target, mode, walks)
  return { walks, ...(whole !== undefined && { whole }) }
}

/** The verdict on a version, above the walks of its releases. */
const wholeTable = (whole: WholeAnswer, setter: TextSetter): string =>
  `${[setter.paint(VERDICT_STYLE[whole.verdict], verdictText(whole)), ...setter.lines(whole.reason, 2)].join('\n')}\n\n`

export const buildsTable = (
  image: string,
  answers: readonly BuildAnswer[],
  setter: TextSetter,
  brief?: boolean,
): string =>
  answers
    .map(({ label, hosts, walks, whole, remarks }) => {
      const head = `Xen ${label} (${hosts.join(', ')})`
      const lines = setter.lines(walks.length === 0 ? `${head}: ${remarks.join('; ')}` : head)
      if (walks.length === 0) return `${lines.join('\n')}\n`
      return `${lines.join('\n')}\n${targetTable(image, { walks, ...(whole && { whole }) }, setter, brief)}`
    })
    .join('\n')

/** The whole verdict, where there is one of its own, and the walks. */
export const targetTable = (
  image: string,
  { walks, whole }: Pick<BuildAnswer, 'walks' | 'whole'>,
  setter: TextSetter,
  brief?: boolean,
): string =>
  (whole === undefined ? '' : wholeTable(whole, setter)) +
  walks.map(walk => traceTable(image, walk, setter, brief)).join('\n')

export function buildDocument(
  image: string,
  { label, hosts, walks, whole, remarks }: BuildAnswer,
  brief?: boolean,
) {
  const [walk, ...more] = walks
  if (walk === undefined) return { label, hosts, remarks }
  if (whole === undefined && more.length === 0) return { label, hosts, ...traceDocument(image, walk, brief) }
  return { label, hosts, ...whole, traces: walks.map(one => traceDocument(image, one, brief)) }
}

/** A walk as JSON has it; without the steps and what they derive where only the verdict is asked for. */
export function traceDocument(image: string, trace: LoaderTrace, brief = false) {
  const { steps, parameters, remedies, release, mode, ...rest } = trace
  const subject = { image, targets: [targetWord(release, mode)] }
  return {
    ...{ release, mode, ...rest },
    ...(!brief && { steps, parameters }),
    remedies: remedies.map(remedy => remedyDocument(aimedAt(remedy, subject))),
  }
}
