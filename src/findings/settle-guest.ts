/**
 * From what a guest boots to a verdict on it.
 * @module
 */
import { causeVerdict, type GuestCause, guestCause, inDoubt } from './guest-causes.ts'
import type { GuestOutcome } from './guest-outcome.ts'
import type { FullVerdict } from './model.ts'

/** What is said of a kernel by its address; undefined where it is not in the catalogue. */
export type AskKernel = (address: string) => FullVerdict | undefined

const UNKNOWN_KERNEL =
  'Which kernel these guests boot is not known: that they start today is taken for granted'

/** The verdict on a guest that boots so. */
export function settle(outcome: GuestOutcome, ask: AskKernel): FullVerdict {
  switch (outcome.kind) {
    case 'verdict':
      return outcome.verdict
    case 'any':
    case 'absent':
      return {
        verdict: 'accepts',
        reason: 'Nothing but its kernel keeps the guest from starting',
        remedies: [],
        assumptions: [UNKNOWN_KERNEL],
        evidence: [],
      }
    case 'kernels': {
      const verdicts = outcome.addresses.map(ask)
      const [first] = verdicts
      const known = verdicts.filter(verdict => verdict !== undefined)
      if (first !== undefined && known.length === verdicts.length) {
        if (known.every(({ verdict }) => verdict === first.verdict)) {
          const { undecided } = outcome
          return undecided === undefined
            ? first
            : { ...first, assumptions: [...first.assumptions, inDoubtBy(outcome.addresses, undecided)] }
        }
      }
      const cause = guestCause(outcome.byPython ? 'pygrub-python' : 'boot-undecided', outcome.undecided)
      return causeVerdict(cause, 'uncertain')
    }
  }
}

const inDoubtBy = (addresses: readonly string[], undecided: string): string =>
  addresses.length === 1 ? undecided : `Any kernel that it may be: ${undecided}`

/** The verdict after an upgrade: that a guest boots another kernel than before is a doubt. */
export function settleAfter(before: GuestOutcome, after: GuestOutcome, ask: AskKernel): FullVerdict {
  const verdict = settle(after, ask)
  const cause = changeCause(before, after)
  return cause === undefined ? verdict : inDoubt(verdict, [cause])
}

function changeCause(before: GuestOutcome, after: GuestOutcome): GuestCause | undefined {
  if (before.kind !== 'kernels' || after.kind !== 'kernels' || before.addresses.length !== 1) return undefined
  const [old] = before.addresses
  if (after.addresses.length > 1)
    return guestCause(after.byPython ? 'pygrub-python' : 'boot-undecided', after.undecided)
  const [now] = after.addresses
  if (now === undefined || now === old) return undefined
  const detail = `${inside(now)} instead of ${inside(old!)}`
  return guestCause(after.titleLost ? 'pygrub-default-by-title' : 'boots-another-kernel', detail)
}

/** What follows the disk in an address. */
const inside = (address: string): string => address.slice(address.indexOf('!/') + 1)
