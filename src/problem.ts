/** Why an image could not be read to its facts, as a value: an image never stops a scan. */
import type { StreamErrorCode } from './facts/facts.ts'

export type ProblemCode =
  | StreamErrorCode
  | 'not-a-kernel'
  | 'empty'
  | 'unreadable'
  | 'vanished'
  | 'changed'
  | 'not-a-file'
  | 'directory-loop'
  | 'bzimage-truncated'
  | 'boot-protocol-too-old'
  | 'payload-outside-file'
  | 'payload-format-unknown'
  | 'not-elf'
  | 'elf-truncated'
  | 'elf-table-outside-file'
  | 'elf-machine-unsupported'
  | 'elf-big-endian'
  | 'note-outside-file'
  | 'too-many-notes'
  | 'too-many-headers'
  | 'memory-limit'
  | 'worker-died'

export interface Problem {
  code: ProblemCode
  /** One sentence: what cannot be done, where, and the limit. */
  message: string
  /** Where in the file or layer, in bytes. */
  offset?: number
}
