/**
 * What counts for the exit code: the command line, then the configuration.
 * @module
 */
import { existsSync } from 'node:fs'
import { type Baseline, baselineOf, EMPTY_BASELINE, markKnown } from '../findings/baseline.ts'
import { type FailOn, failingCells, NEVER, withUnread } from '../findings/fail-on.ts'
import { applyIgnoreRules, type IgnoreRule } from '../findings/ignore.ts'
import type { Audit } from '../findings/model.ts'
import type { Config } from '../policy/config.ts'
import { readReportFile } from './read-report-file.ts'
import { tell } from './screen.ts'

export interface Policy {
  failOn: FailOn
  /** Whether what is wrong with the inventory fails too: unless someone said that nothing does. */
  inventory: boolean
  ignore: readonly IgnoreRule[]
  baseline: Baseline | undefined
}

/** Throws a UsageError where the baseline cannot be read, or is no report; one that is not there yet has no findings. */
export function policyOf(flags: { failOn?: FailOn; baseline?: string }, config: Config): Policy {
  const file = flags.baseline ?? config.baseline
  const failOn = flags.failOn ?? config.failOn
  return {
    failOn: failOn === NEVER ? NEVER : withUnread(failOn ?? NEVER),
    inventory: failOn !== NEVER,
    ignore: config.ignore,
    baseline: file === undefined ? undefined : loadBaseline(file),
  }
}

function loadBaseline(file: string): Baseline {
  if (!existsSync(file)) {
    tell(`There is no baseline ${file}: it is taken as empty, and every finding is new`)
    return { ...EMPTY_BASELINE, file }
  }
  return baselineOf(readReportFile(file, 'baseline'))
}

/** Puts what is ignored and what is known into the audit, and counts the findings that fail. */
export function applyPolicy(
  found: Audit,
  { failOn, ignore, baseline }: Policy,
): { audit: Audit; failing: number } {
  const ruled = applyIgnoreRules(found, ignore, found.created.slice(0, 'YYYY-MM-DD'.length))
  const audit = baseline === undefined ? ruled : markKnown(ruled, baseline)
  return { audit, failing: failingCells(audit, failOn).length }
}
