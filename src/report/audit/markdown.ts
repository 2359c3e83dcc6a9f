/**
 * The report for a ticket, in GitHub's Markdown, which others read as well. Names are in code spans and lists:
 * a table would need more escapes than its readers agree on.
 * @module
 */
import type { Audit, Build, Cause, Change, PlanStep } from '../../findings/model.ts'
import { plural } from '../../findings/plural.ts'
import { problemLine } from '../../inventory/problem.ts'
import type { LogLines } from '../../xen/log-lines.ts'
import { logRows, noiseMark } from '../log-text.ts'
import { commonRemedyText } from '../remedy-lines.ts'
import { changeMeaning, toldChanges } from './changes.ts'
import {
  acceptedNowhereRows,
  assumptionRows,
  type ChangeRow,
  changeRows,
  ignoredRows,
  laterRefusalRows,
  remarkRows,
} from './gather.ts'
import {
  GRADE_RULE,
  gradeLine,
  headline,
  inventoryLine,
  knowledgeLine,
  mostEffective,
  poolName,
  WORTH_RULE,
  worthOf,
} from './headline.ts'
import { ITEMS, items, kernelText, names, pageText, section, table } from './markdown-page.ts'
import { code, prose } from './markdown-text.ts'
import { buildNames, isVersion } from './names.ts'
import type { AuditFormat } from './report.ts'
import {
  ASSUMPTIONS_TITLE,
  baselineLine,
  costOf,
  counted,
  guestLines,
  leftAloneLine,
  leftOutLine,
  orderedCauses,
  origin,
  question,
  REMARKS_TITLE,
  sentence,
  subject,
  unitOf,
  unitRemark,
  verdictCounts,
} from './summary.ts'
import { trendRows, trendWords } from './trend.ts'

export const markdownReport: AuditFormat = audit => {
  const lines = [
    ...head(audit),
    ...pools(audit),
    ...changes(audit),
    ...causes(audit),
    ...acceptedNowhere(audit),
    ...laterRefusals(audit),
    ...outdatedBuilds(audit),
    ...plan(audit),
    ...section('Trend', trend(audit)),
    ...policy(audit),
    ...unread(audit),
    ...assumptions(audit),
    ...remarks(audit),
    ...leftOut(audit),
  ]
  return pageText(lines)
}

/** Builds are called by what they are today: an upgrade leads away from it. */
const today = ({ kind }: Audit) => (kind === 'upgrade' ? 'now on Xen' : 'on Xen')

const buildText = (name: string, build: Build) => (isVersion(build) ? code(name) : withHosts(name, build))

const withHosts = (name: string, { hosts }: Build) =>
  `${code(name)} (${plural(hosts.length, 'host')}${hosts.length === 0 ? '' : `: ${names(hosts)}`})`

function head(audit: Audit): string[] {
  const remark = unitRemark(audit)
  const alone = leftAloneLine(audit)
  const from = [origin(audit), knowledgeLine(audit), inventoryLine(audit)]
  const { changes } = audit.counts
  const rows: [string, number][] =
    changes === undefined ? verdictCounts(audit) : toldChanges(audit).map(change => [change, changes[change]])
  return [
    `# ${prose(audit.title ?? question(audit))}`,
    '',
    ...(audit.title === undefined ? [] : [`${prose(question(audit))}.`, '']),
    `**${prose(headline(audit))}**`,
    '',
    ...effective(audit),
    `${prose(subject(audit))}.`,
    '',
    ...(alone === undefined ? [] : [`${prose(alone)}.`, '']),
    ...guestLines(audit).flatMap((line, index, all) => [
      `- ${prose(line)}`,
      ...(index === all.length - 1 ? [''] : []),
    ]),
    ...table(
      { texts: [changes === undefined ? 'verdict' : 'change'], numbers: [unitOf(audit).many] },
      rows.map(([word, count], index) => [index === 0 && count > 0 ? `**${word}**` : word, count]),
    ),
    '',
    ...(remark === undefined ? [] : [`${prose(remark)}.`, '']),
    `Made by ${prose(from.filter(part => part !== undefined).join('; '))}.`,
  ]
}

function effective(audit: Audit): string[] {
  const steps = mostEffective(audit).map(index => audit.plan[index]!)
  return [...steps.flatMap((step, index) => stepText(audit, step, index)), ...(steps.length > 0 ? [''] : [])]
}

function stepText(audit: Audit, step: PlanStep, index: number): string[] {
  return [
    `${index + 1}. ${prose(step.text)} (${plural(step.hosts, 'host')}, **${worthOf(audit, step)}**)`,
    ...(step.command === undefined ? [] : [`   ${code(step.command)}`]),
  ]
}

function pools({ pools = [] }: Audit): string[] {
  if (pools.length < 2) return []
  return section('Pools, the worst first', [
    ...items(pools, pool => `- ${code(poolName(pool, pools))}: ${prose(gradeLine(pool))}`),
    '',
    prose(sentence(GRADE_RULE)),
  ])
}

const TOLD: readonly Change[] = ['breaks', 'uncertain', 'fixed']

function changes(audit: Audit): string[] {
  const { kind } = audit
  if (kind === 'audit') return []
  return TOLD.flatMap(change =>
    section(
      `${change}: ${changeMeaning(change, kind)}`,
      items(changeRows(audit, change), row => changeItem(audit, row)),
    ),
  )
}

function changeItem(audit: Audit, { kernel, mode, causes, builds, guests }: ChangeRow): string {
  const why = causes.length === 0 ? '' : `, ${causes.map(code).join(', ')}`
  return `- ${kernelText(kernel)} as ${mode} ${today(audit)} ${names(builds)}: ${counted(audit, guests)}${why}`
}

function causes(audit: Audit): string[] {
  if (audit.causes.length === 0) return ['', 'No kernel is refused, and none is in doubt.']
  const builds = buildNames(audit)
  return section(
    'Causes, the worst first',
    orderedCauses(audit).flatMap((cause, index) => [
      ...(index > 0 ? [''] : []),
      ...causeText(audit, cause, builds),
    ]),
  )
}

/** A line is a code span; what is said of it is outside. */
function logText(log: LogLines | undefined): string[] {
  const rows = logRows(log)
  return [
    ...(rows.length === 0 ? [] : ['', 'In the log:', '']),
    ...rows.map(row => `- ${code(row.text)}${noiseMark(row)}`),
    ...(log?.silent === undefined ? [] : ['', prose(sentence(log.silent))]),
  ]
}

function causeText(audit: Audit, cause: Cause, builds: readonly string[]): string[] {
  const { verdict, title, reason, log, remedies } = cause
  return [
    `### ${prose(title)} (${code(cause.code)})`,
    '',
    `**${verdict}**: ${costOf(audit, cause)}.`,
    '',
    prose(sentence(reason)),
    ...logText(log),
    ...(remedies.length === 0 ? [] : ['', 'What to do, the tenant before the host, the cheapest first:', '']),
    ...remedies.map((remedy, index) => `${index + 1}. ${prose(commonRemedyText(remedy))}`),
    '',
    'Where:',
    '',
    ...items(cause.kernels, kernel => `- ${kernelText(audit.kernels[kernel]!)}`),
    ...items(cause.builds, build => `- ${today(audit)} ${buildText(builds[build]!, audit.builds[build]!)}`),
  ]
}

const acceptedNowhere = (audit: Audit) =>
  section(
    'Kernels that nothing in the fleet takes',
    items(
      acceptedNowhereRows(audit),
      ({ kernel, causes }) => `- ${kernelText(kernel)}: ${causes.map(code).join(', ')}`,
    ),
  )

const laterRefusals = (audit: Audit) =>
  section(
    'One upgrade away from failing',
    items(
      laterRefusalRows(audit),
      ({ kernel, mode, release, builds, verdict }) =>
        `- ${kernelText(kernel)} as ${mode} runs on Xen ${names(builds)} and is refused from ${prose(release)} on: ${prose(sentence(verdict.reason))}`,
    ),
  )

function outdatedBuilds(audit: Audit): string[] {
  const builds = buildNames(audit)
  return section(
    'Builds that can run nothing new',
    items(
      audit.outdatedBuilds,
      build => `- ${today(audit)} ${buildText(builds[build]!, audit.builds[build]!)}`,
    ),
  )
}

const plan = (audit: Audit) =>
  section('Plan', [
    ...audit.plan.slice(0, ITEMS).flatMap((step, index) => stepText(audit, step, index)),
    ...(audit.plan.length > ITEMS ? ['', `And ${audit.plan.length - ITEMS} more.`] : []),
    ...(audit.kind === 'audit' && audit.plan.length > 0 ? ['', prose(sentence(WORTH_RULE))] : []),
  ])

function trend(audit: Audit): string[] {
  const rows = trendRows(audit)
  if (rows.length === 0) return []
  return [
    ...table(
      { texts: ['date'], numbers: [...trendWords(audit), 'kernels', 'hosts'] },
      rows.slice(-ITEMS).map(({ date, counts, kernels, hosts }) => [date, ...counts, kernels, hosts]),
    ),
    '',
    `Counted are ${unitOf(audit).many}; the last row is this report.`,
  ]
}

function known(audit: Audit): string[] {
  const line = baselineLine(audit)
  return line === undefined ? [] : ['', `${prose(line)}.`]
}

const policy = (audit: Audit) => [
  ...known(audit),
  ...section(
    `Ignored by policy: ${plural(audit.ignored.length, 'finding')}`,
    items(ignoredRows(audit), ({ reason, expires, count }) => {
      const until = expires === undefined ? '' : `, until ${prose(expires)}`
      return `- ${prose(reason)} (${plural(count, 'finding')}${until})`
    }),
  ),
  ...section(
    'Ignore rules that have expired',
    items(audit.expired, rule => `- ${prose(rule)}`),
  ),
]

const unread = (audit: Audit) =>
  section(
    'Images that could not be read whole',
    items(
      audit.kernels.filter(({ problem }) => problem !== undefined),
      kernel => `- ${kernelText(kernel)}: ${prose(sentence(kernel.problem!.message))}`,
    ),
  )

const assumptions = (audit: Audit) =>
  section(
    ASSUMPTIONS_TITLE,
    items(assumptionRows(audit), ({ text, guests }) => `- ${prose(text)} (${counted(audit, guests)})`),
  )

const remarks = (audit: Audit) =>
  section(
    REMARKS_TITLE,
    items(remarkRows(audit), ({ name, build, remark }) => `- ${buildText(name, build)}: ${prose(remark)}`),
  )

function leftOut(audit: Audit): string[] {
  const line = leftOutLine(audit)
  if (line === undefined) return []
  const problems = audit.inventory.problems.filter(({ leavesOut = 0 }) => leavesOut > 0)
  return section(
    line,
    problems.length === 0 ? [''] : items(problems, problem => `- ${prose(problemLine(problem))}`),
  )
}
