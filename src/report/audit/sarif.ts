/**
 * The report in the Static Analysis Results Interchange Format, for code scanning services
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
 * @module
 */
import type { Audit } from '../../findings/model.ts'
import { jsonLines } from './json-lines.ts'
import { kernelName } from './names.ts'
import type { AuditFormat } from './report.ts'
import { Artifacts } from './sarif/artifacts.ts'
import { notifications } from './sarif/notifications.ts'
import { resultRows } from './sarif/result-rows.ts'
import { sarifResults } from './sarif/results.ts'
import { Rules } from './sarif/rules.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

const OPEN = new Set([
  '',
  'runs',
  'runs.*',
  'runs.*.tool',
  'runs.*.tool.driver',
  'runs.*.tool.driver.rules',
  'runs.*.invocations',
  'runs.*.invocations.*',
  'runs.*.invocations.*.toolExecutionNotifications',
  'runs.*.artifacts',
  'runs.*.results',
  'runs.*.properties',
])

export const sarifReport: AuditFormat = function* (audit) {
  const artifacts = new Artifacts(audit.kernels)
  const rows = resultRows(audit)
  const rules = new Rules(audit, rows)
  const run = {
    tool: { driver: { name: 'xen-preflight', ...driverVersion(audit), rules: rules.list } },
    automationDetails: { id: `xen-preflight/${audit.kind}/` },
    invocations: [
      {
        // The run succeeded, whatever it found.
        executionSuccessful: true,
        endTimeUtc: utc(audit.created),
        toolExecutionNotifications: notifications(audit, artifacts),
      },
    ],
    artifacts: artifacts.list,
    results: sarifResults(audit, rows, rules, artifacts),
    properties: summary(audit),
  }
  yield* jsonLines({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, OPEN)
  yield '\n'
}

function driverVersion({ tool }: Audit): { version?: string } {
  const version = tool.match(/\d\S*$/)?.[0]
  return version === undefined ? {} : { version }
}

/** SARIF wants times in UTC (3.9); one that cannot be read is left out. */
function utc(created: string): string | undefined {
  const date = new Date(created)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

/** What is no result of a kernel on a build. */
function summary({
  kind,
  to,
  counts,
  kernels,
  builds,
  acceptedNowhere,
  outdatedBuilds,
  plan,
  expired,
  baseline,
}: Audit) {
  return {
    kind,
    to,
    counts,
    acceptedNowhere: acceptedNowhere.map(kernel => kernelName(kernels[kernel]!)),
    outdatedBuilds: outdatedBuilds.map(build => builds[build]!.label),
    plan: plan.map(({ text }) => text),
    expired,
    baseline,
  }
}
