/**
 * Numbers for people, the same bytes on every machine, whatever its locale.
 * @module
 */
import type { Audit } from '../../findings/model.ts'
import { unitOf } from './summary.ts'

/** `12,400`. */
export const groupDigits = (count: number) => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** `1 host`, `12,400 hosts`. */
export const countOf = (count: number, one: string, many = `${one}s`) =>
  `${groupDigits(count)} ${count === 1 ? one : many}`

/** `12,400 guests`; pairs where no image is placed. */
export function counted(audit: Audit, count: number): string {
  const { one, many } = unitOf(audit)
  return countOf(count, one, many)
}
