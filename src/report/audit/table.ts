/**
 * The report for people at a terminal: counts, then causes, the worst first, and what to do about them.
 * @module
 */

import { printable } from '../../document/printable.ts'
import type { Audit, Cause, Change } from '../../findings/model.ts'
import { plural } from '../../findings/plural.ts'
import { problemLine } from '../../inventory/problem.ts'
import { cutMiddle, padEnd, padStart } from '../fit.ts'
import { logTexts } from '../log-text.ts'
import { commonRemedyText } from '../remedy-lines.ts'
import { VERDICT_CELL, VERDICT_STYLE } from '../style.ts'
import { CHANGE_STYLE, changeMeaning, toldChanges } from './changes.ts'
import {
  acceptedNowhereRows,
  assumptionRows,
  type ChangeRow,
  changeRows,
  ignoredRows,
  type LaterRefusalRow,
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
import { buildNames, buildTitle, guestNames, kernelName, kernelTitle } from './names.ts'
import { Page } from './page.ts'
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

/** Names in a list, versions in a list, and items of a section, before they are cut. */
const NAMES = 6
const VERSIONS = 12
const ITEMS = 10

const LABEL = 10
const label = (text: string) => `    ${padEnd(`${text}:`, LABEL)}`

/** Builds are called by what they are today: an upgrade leads away from it. */
const whereLabel = ({ kind }: Audit) => label(kind === 'upgrade' ? 'now Xen' : 'on Xen')

export const tableReport: AuditFormat = (audit, options) => {
  const page = new Page(options)
  head(page, audit)
  counts(page, audit)
  pools(page, audit)
  changes(page, audit)
  causes(page, audit)
  acceptedNowhere(page, audit)
  laterRefusals(page, audit)
  outdatedBuilds(page, audit)
  plan(page, audit)
  trend(page, audit)
  policy(page, audit)
  unread(page, audit)
  assumptions(page, audit)
  remarks(page, audit)
  leftOut(page, audit)
  return page.text()
}

function head(page: Page, audit: Audit): void {
  if (audit.title === undefined) page.heading(question(audit))
  else {
    page.heading(audit.title)
    page.paragraph('', question(audit))
  }
  page.paragraph('', subject(audit))
  const from = [origin(audit), knowledgeLine(audit), inventoryLine(audit)]
  page.paragraph('', from.filter(part => part !== undefined).join('; '), 'dim')
  page.heading(headline(audit))
  for (const [index, at] of mostEffective(audit).entries()) {
    const step = audit.plan[at]!
    page.paragraph(`${index + 1}. `, `${worthOf(audit, step)}: ${step.text}`)
    if (step.command !== undefined) page.paragraph('   ', step.command, 'dim')
  }
  const alone = leftAloneLine(audit)
  if (alone !== undefined) page.paragraph('', alone, 'yellow')
  for (const line of guestLines(audit)) page.paragraph('', line)
}

/** What a verdict means to a guest. */
const MEANING = {
  refuses: 'refused',
  uncertain: 'in doubt',
  unavailable: 'no such boot mode',
  'not-asked': 'no loader of Xen is asked',
  accepts: 'starts',
} as const

function counts(page: Page, audit: Audit): void {
  const { changes } = audit.counts
  const rows =
    changes === undefined
      ? verdictCounts(audit).map(([verdict, count]) => ({
          label: `${padEnd(VERDICT_CELL[verdict], 2)}  ${MEANING[verdict]}`,
          style: VERDICT_STYLE[verdict],
          count,
        }))
      : toldChanges(audit).map(change => ({
          label: change,
          style: CHANGE_STYLE[change],
          count: changes[change],
        }))
  page.counts(rows, unitOf(audit))
  const remark = unitRemark(audit)
  if (remark !== undefined) page.paragraph('  ', remark, 'dim')
}

function pools(page: Page, { pools = [] }: Audit): void {
  // One pool is all hosts: the counts say the same.
  if (pools.length < 2) return
  page.heading('Pools, the worst first')
  const titles = new Map(pools.map(pool => [pool, cutMiddle(printable(poolName(pool, pools)), POOL)]))
  const width = Math.max(...[...titles.values()].map(title => title.length))
  page.items(pools, ITEMS, pool => {
    page.paragraph(`  ${padEnd(titles.get(pool)!, width)}  `, gradeLine(pool), GRADE_STYLE[pool.grade])
  })
  page.paragraph('  ', sentence(GRADE_RULE), 'dim')
}

/** Characters of a pool's name. */
const POOL = 30

const GRADE_STYLE = { A: 'green', B: 'green', C: 'yellow', D: 'yellow', E: 'red' } as const

/** What is told of each kernel; the others are as they were. */
const TOLD: readonly Change[] = ['breaks', 'uncertain', 'fixed']

function changes(page: Page, audit: Audit): void {
  const { kind } = audit
  if (kind === 'audit') return
  for (const change of TOLD) {
    const rows = changeRows(audit, change)
    if (rows.length === 0) continue
    page.heading(`${change}: ${changeMeaning(change, kind)}`)
    page.items(rows, ITEMS, row => changeItem(page, audit, row))
  }
}

function changeItem(
  page: Page,
  audit: Audit,
  { kernel, mode, causes, builds, guests, change }: ChangeRow,
): void {
  page.paragraph('  ', kernelTitle(kernel), CHANGE_STYLE[change])
  const why = causes.length === 0 ? '' : `: ${causes.join(', ')}`
  page.paragraph('    ', `${mode}, ${counted(audit, guests)}${why}`)
  page.names(whereLabel(audit), builds, VERSIONS)
}

function causes(page: Page, audit: Audit): void {
  if (audit.causes.length === 0) {
    page.line()
    page.paragraph('', 'No kernel is refused, and none is in doubt.', 'green')
    return
  }
  page.heading('Causes, the worst first')
  const names = buildNames(audit)
  orderedCauses(audit).forEach((cause, index) => {
    if (index > 0) page.line()
    causeItem(page, audit, cause, names)
  })
}

function causeItem(page: Page, audit: Audit, cause: Cause, names: readonly string[]): void {
  const { code, verdict, title, reason, log, remedies, kernels, builds } = cause
  page.paragraph(padEnd(VERDICT_CELL[verdict], 4), `${title} (${code})`, VERDICT_STYLE[verdict])
  page.paragraph('    ', costOf(audit, cause))
  page.paragraph('    ', sentence(reason))
  for (const line of logTexts(log)) page.paragraph(label('log'), line)
  if (log?.silent !== undefined) {
    page.paragraph(log.lines.length === 0 ? label('log') : ' '.repeat(LABEL + 4), sentence(log.silent))
  }
  for (const remedy of remedies) page.paragraph(label('do'), commonRemedyText(remedy))
  page.names(
    label('kernels'),
    kernels.map(kernel => kernelName(audit.kernels[kernel]!)),
    NAMES,
  )
  page.names(label('guests'), guestNames(audit, cause), NAMES)
  page.names(
    whereLabel(audit),
    builds.map(build => names[build]!),
    VERSIONS,
  )
}

function acceptedNowhere(page: Page, audit: Audit): void {
  if (audit.acceptedNowhere.length === 0) return
  page.heading('Kernels that nothing in the fleet takes')
  page.items(acceptedNowhereRows(audit), ITEMS, ({ kernel, causes }) => {
    page.paragraph('  ', kernelTitle(kernel), 'red')
    page.paragraph('    ', causes.join(', '))
  })
}

function laterRefusals(page: Page, audit: Audit): void {
  const rows = laterRefusalRows(audit)
  if (rows.length === 0) return
  page.heading('One upgrade away from failing')
  page.items(rows, ITEMS, ({ kernel, mode, release, builds, verdict }: LaterRefusalRow) => {
    page.paragraph('  ', kernelTitle(kernel), 'yellow')
    page.paragraph('    ', `${mode}: refused from Xen ${release} on. ${sentence(verdict.reason)}`)
    page.names(label('runs on'), builds, VERSIONS)
  })
}

function outdatedBuilds(page: Page, audit: Audit): void {
  if (audit.outdatedBuilds.length === 0) return
  const names = buildNames(audit)
  page.heading('Builds that can run nothing new')
  page.items(audit.outdatedBuilds, ITEMS, build =>
    page.paragraph('  ', `Xen ${buildTitle(names[build]!, audit.builds[build]!)}`),
  )
}

function plan(page: Page, audit: Audit): void {
  if (audit.plan.length === 0) return
  page.heading('Plan')
  const steps = audit.plan.map((step, index) => ({ ...step, number: index + 1 }))
  page.items(steps, ITEMS, ({ number, ...step }) => {
    const size = `${plural(step.hosts, 'host')}, ${worthOf(audit, step)}`
    page.paragraph(padStart(`${number}. `, 5), `${step.text} (${size})`)
    if (step.command !== undefined) page.paragraph('     ', step.command, 'dim')
  })
  if (audit.kind === 'audit') page.paragraph('  ', sentence(WORTH_RULE), 'dim')
}

function trend(page: Page, audit: Audit): void {
  const rows = trendRows(audit)
  if (rows.length === 0) return
  page.heading('Trend')
  page.columns(
    ['date', ...trendWords(audit), 'kernels', 'hosts'],
    rows.slice(-ITEMS).map(({ date, counts, kernels, hosts }) => [date, ...counts, kernels, hosts]),
  )
  page.paragraph('  ', `Counted are ${unitOf(audit).many}; the last line is this report`, 'dim')
}

function policy(page: Page, audit: Audit): void {
  const known = baselineLine(audit)
  if (known !== undefined) page.heading(known)
  const rows = ignoredRows(audit)
  if (rows.length > 0) {
    page.heading(`Ignored by policy: ${plural(audit.ignored.length, 'finding')}`)
    page.items(rows, ITEMS, ({ reason, expires, count }) => {
      const until = expires === undefined ? '' : `, until ${expires}`
      page.paragraph('  ', `${reason} (${plural(count, 'finding')}${until})`)
    })
  }
  if (audit.expired.length === 0) return
  page.heading('Ignore rules that have expired')
  page.items(audit.expired, ITEMS, rule => page.paragraph('  ', rule, 'yellow'))
}

function unread(page: Page, audit: Audit): void {
  const kernels = audit.kernels.filter(({ problem }) => problem !== undefined)
  if (kernels.length === 0) return
  page.heading('Images that could not be read whole')
  page.items(kernels, ITEMS, kernel => {
    page.paragraph('  ', kernelTitle(kernel))
    page.paragraph('    ', `${kernel.problem!.code}: ${kernel.problem!.message}`, 'yellow')
  })
}

function assumptions(page: Page, audit: Audit): void {
  const rows = assumptionRows(audit)
  if (rows.length === 0) return
  page.heading(ASSUMPTIONS_TITLE)
  page.items(rows, ITEMS, ({ text, guests }) => page.paragraph('  ', `${text} (${counted(audit, guests)})`))
}

function remarks(page: Page, audit: Audit): void {
  const rows = remarkRows(audit)
  if (rows.length === 0) return
  page.heading(REMARKS_TITLE)
  page.items(rows, ITEMS, ({ name, build, remark }) => {
    page.paragraph('  ', `Xen ${buildTitle(name, build)}`)
    page.paragraph('    ', remark, 'yellow')
  })
}

function leftOut(page: Page, audit: Audit): void {
  const line = leftOutLine(audit)
  if (line === undefined) return
  page.heading(line)
  const problems = audit.inventory.problems.filter(({ leavesOut = 0 }) => leavesOut > 0)
  page.items(problems, ITEMS, problem => page.paragraph('  ', problemLine(problem), 'yellow'))
}
