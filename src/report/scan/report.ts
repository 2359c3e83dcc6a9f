/**
 * The interface of every format of a scan. A report is text that grows: nothing is kept that a format does not need.
 * @module
 */

import type { AuditInput } from '../../findings/audit.ts'
import type { Column } from '../../findings/judgement.ts'
import type { Question } from '../../findings/question.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import type { ImageEntry } from './entry.ts'

/** What is known before the first image. */
export interface ScanContext {
  /** The version of this tool. */
  version: string
  /** The paths that were named. */
  roots: readonly string[]
  /** The boot modes that are asked; absent where no verdicts are. */
  modes?: readonly BootModeName[]
  /** The builds that are asked; absent where releases are. */
  columns?: readonly Column[]
  /** What can be done about a span of releases; absent where none are asked. */
  remedies?: Question['remedies']
  /** What an audit of the images takes; absent where no verdicts are asked. */
  fleet?: Pick<AuditInput, 'inventory' | 'files' | 'created' | 'build'>
  /** The columns of the terminal. */
  width: number
  /** True where colours are wanted. */
  colour: boolean
}

/** What is known after the last image. */
export interface ScanSummary {
  /** Images with a record. */
  images: number
  /** Images whose record has a problem. */
  problems: number
  /** Files below the paths that are no kernels. */
  notKernels: number
  /** Images that are not among those that were asked for; absent where there are none. */
  notSelected?: number
  /** True where the scan ended before its last image. */
  stopped?: true
}

export interface ScanReport {
  begin(): string
  image(entry: ImageEntry): string
  /** Text, or text in pieces where it may be long. */
  end(summary: ScanSummary): string | Iterable<string>
}
