/**
 * Which findings make a run fail.
 * @module
 */
import { nearest } from '../document/nearest.ts'
import type { CauseCode } from '../xen/verdict.ts'
import { CAUSE_CODES } from './cause-codes.ts'
import { countingVerdict, isFinding } from './counting-verdict.ts'
import type { Audit, Cell } from './model.ts'

/** From the heaviest on; each takes in those before it. */
export const SEVERITIES = ['breaks', 'refuses', 'uncertain'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface FailOn {
  /** The least severity that fails; absent where only causes do. */
  severity?: Severity
  causes: readonly CauseCode[]
}

/** Nothing fails. */
export const NEVER: FailOn = { causes: [] }

/** With images that could not be read, as they were not judged: they fail unless someone says that nothing does. */
export const withUnread = (failOn: FailOn): FailOn => ({
  ...failOn,
  causes: [...failOn.causes, 'image-unread'],
})

/**
 * Reads `refuses`, `breaks,codec-unsupported` or `never`. Throws an Error that says what is known, for what is neither
 * a severity nor a cause, and for `never` next to something else.
 */
export function parseFailOn(names: readonly string[]): FailOn {
  if (names.includes('never')) {
    if (names.length > 1) throw new Error(`expected never alone, found ${names.join(',')}`)
    return NEVER
  }
  const causes: CauseCode[] = []
  let weight = -1
  for (const name of names) {
    const severity = SEVERITIES.indexOf(name as Severity)
    const cause = CAUSE_CODES.find(known => known === name)
    if (severity === -1 && cause === undefined) throw new Error(whatIsKnown(name))
    if (cause !== undefined) causes.push(cause)
    weight = Math.max(weight, severity)
  }
  return { ...(weight !== -1 && { severity: SEVERITIES[weight]! }), causes }
}

function whatIsKnown(name: string): string {
  const close = nearest(name, [...SEVERITIES, 'never', ...CAUSE_CODES])
  const hint = close === undefined ? '' : ` (did you mean ${close}?)`
  return `expected ${SEVERITIES.join(', ')}, never or a cause such as unknown-feature, found ${JSON.stringify(name)}${hint}`
}

/** The cells that fail: what policy ignores and what the baseline knows does not. */
export function failingCells(audit: Audit, failOn: FailOn): Cell[] {
  const ignored = new Set(audit.ignored.map(({ kernel, build, mode }) => `${kernel} ${build} ${mode}`))
  return audit.cells.filter(
    cell =>
      cell.known !== true &&
      isFinding(audit, cell) &&
      !ignored.has(`${cell.kernel} ${cell.build} ${cell.mode}`) &&
      weighs(audit, cell, failOn),
  )
}

function weighs(audit: Audit, cell: Cell, { severity, causes }: FailOn): boolean {
  const { verdict, code } = countingVerdict(audit, cell)
  if (code !== undefined && causes.includes(code)) return true
  const own: Severity = cell.change === 'breaks' ? 'breaks' : verdict === 'refuses' ? 'refuses' : 'uncertain'
  return severity !== undefined && SEVERITIES.indexOf(own) <= SEVERITIES.indexOf(severity)
}
