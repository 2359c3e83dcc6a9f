/**
 * The lines that loaders log, as patterns, and what each means. A text in braces stands for what differs: a number, a name,
 * a type.
 * @module
 */
import { guestLoaderLines } from './log-catalogue/guest-loaders.ts'
import { hypervisorLines } from './log-catalogue/hypervisor.ts'
import type { KnownLine } from './log-catalogue/known-line.ts'
import { libelfLines } from './log-catalogue/libelf.ts'
import { toolstackLines } from './log-catalogue/toolstack.ts'

export type { KnownLine } from './log-catalogue/known-line.ts'

export const knownLines: readonly KnownLine[] = [
  ...toolstackLines,
  ...libelfLines,
  ...hypervisorLines,
  ...guestLoaderLines,
]
