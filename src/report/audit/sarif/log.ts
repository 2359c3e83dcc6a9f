/**
 * A SARIF log of one run, a line for each of its parts
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
 * @module
 */
import { jsonLines } from '../json-lines.ts'
import type { Artifacts } from './artifacts.ts'
import type { Rules } from './rules.ts'

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

export interface SarifRun {
  /** The program and its version. */
  tool: string
  created: string
  /** What kind of run it is: services keep the results of kinds apart. */
  kind: string
  rules: Rules
  artifacts: Artifacts
  notifications: readonly object[]
  results: readonly object[]
  properties: object
}

export function* sarifLog(run: SarifRun): Generator<string> {
  const { tool, created, kind, rules, artifacts, notifications, results, properties } = run
  const log = {
    tool: { driver: { name: 'xen-preflight', ...driverVersion(tool), rules: rules.list } },
    automationDetails: { id: `xen-preflight/${kind}/` },
    invocations: [
      {
        // The run succeeded, whatever it found.
        executionSuccessful: true,
        endTimeUtc: utc(created),
        toolExecutionNotifications: notifications,
      },
    ],
    originalUriBaseIds: artifacts.originalUriBaseIds,
    artifacts: artifacts.list,
    results,
    properties,
  }
  yield* jsonLines({ $schema: SCHEMA, version: '2.1.0', runs: [log] }, OPEN)
  yield '\n'
}

function driverVersion(tool: string): { version?: string } {
  const version = tool.match(/\d\S*$/)?.[0]
  return version === undefined ? {} : { version }
}

/** SARIF wants times in UTC (3.9); one that cannot be read is left out. */
function utc(created: string): string | undefined {
  const date = new Date(created)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
