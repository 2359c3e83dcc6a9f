/** What is wrong with an inventory, as values: one bad host never hides the others. */
export { problemLine } from '../document/problem.ts'

export type InventoryProblemCode =
  | 'empty'
  | 'unreadable'
  | 'unknown-format'
  | 'syntax'
  | 'too-deep'
  | 'too-large'
  | 'unknown-field'
  | 'wrong-value'
  | 'no-version'
  | 'unknown-version'
  | 'not-xen'
  | 'duplicate-host'
  | 'conflict'
  | 'unknown-column'
  | 'broken-line'
  | 'unknown-host'
  | 'unknown-pool'
  | 'unknown-gate'
  | 'unknown-image'
  | 'unknown-guest'
  | 'unknown-image'
  | 'unknown-disk'

export interface InventoryProblem {
  code: InventoryProblemCode
  /** A warning is about something that was used all the same, or that was rightly passed over. */
  severity: 'error' | 'warning'
  file: string
  /** From 1. */
  line?: number
  /** The field's path, such as `hosts[2].xen`, or the column's name. */
  field?: string
  /** What was expected and what was found. */
  message: string
  /** How many hosts are left out because of this. */
  leavesOut?: number
}

/** That nothing says which Xen a host runs. */
export function missingVersion(
  host: string,
  at: { file: string; line: number; field?: string },
  found = 'none',
): InventoryProblem {
  const message = `expected a Xen version such as 4.17.2 for host ${host}, found ${found}`
  return { code: 'no-version', severity: 'error', ...at, message }
}

/** A message about something in a host, with the host's name: numbers of list items are hard to count to. */
export const forHost = (host: string, message: string): string => about(`host ${host}`, message)

export const forGuest = (guest: string, message: string): string => about(`guest ${guest}`, message)

function about(what: string, message: string): string {
  // What was expected is in words of ours, what was found may be anything.
  const found = message.indexOf(', found ')
  return found === -1
    ? `for ${what}: ${message}`
    : `${message.slice(0, found)} for ${what}${message.slice(found)}`
}

/** How many hosts were left out, in all and by the code of the problem. */
export function leftOut(problems: readonly InventoryProblem[]): {
  hosts: number
  reasons: Partial<Record<InventoryProblemCode, number>>
} {
  const reasons: Partial<Record<InventoryProblemCode, number>> = {}
  let hosts = 0
  for (const { code, leavesOut = 0 } of problems) {
    if (leavesOut === 0) continue
    hosts += leavesOut
    reasons[code] = (reasons[code] ?? 0) + leavesOut
  }
  return { hosts, reasons }
}
