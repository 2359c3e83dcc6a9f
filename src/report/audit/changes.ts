/**
 * What a change does, in the order and the colours in which every format tells it.
 * @module
 */
import type { Audit, Change } from '../../findings/model.ts'
import type { Paint } from '../style.ts'

/** What has to be known first comes first. */
export const CHANGES: readonly Change[] = ['breaks', 'fixed', 'still-broken', 'still-fine', 'uncertain']

/** The changes that there may be: a new kernel was nowhere before, so nothing is fixed by it. */
export const toldChanges = ({ kind, counts: { changes } }: Audit): readonly Change[] =>
  kind === 'add'
    ? CHANGES.filter(change => !ONLY_BEFORE.includes(change) || changes?.[change] !== 0)
    : CHANGES

const ONLY_BEFORE: readonly Change[] = ['fixed', 'still-broken']

export const CHANGE_STYLE: Record<Change, Parameters<Paint>[0]> = {
  breaks: 'red',
  fixed: 'green',
  'still-broken': 'dim',
  'still-fine': 'green',
  uncertain: 'yellow',
}

/** What each change means, with the release that it leads to. */
export function changeMeaning(change: Change, kind: 'upgrade' | 'add'): string {
  if (kind === 'add') return OF_NEW[change]
  return OF_UPGRADE[change]
}

const OF_UPGRADE: Record<Change, string> = {
  breaks: 'starts today, and will not after the upgrade',
  fixed: 'is refused today, and will start',
  'still-broken': 'is refused today, and will be',
  'still-fine': 'starts today, and will',
  uncertain: 'one of the two answers is in doubt',
}

const OF_NEW: Record<Change, string> = {
  breaks: 'the new kernel is refused',
  fixed: 'was refused, and will start',
  'still-broken': 'was refused, and will be',
  'still-fine': 'the new kernel starts',
  uncertain: 'the answer is in doubt',
}
