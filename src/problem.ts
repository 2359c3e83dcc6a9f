/** Why an image could not be read to its facts, as a value: an image never stops a scan. */

/** What can be wrong with a compressed stream. */
export type StreamErrorCode =
  /** The compressed bytes end before the stream does. */
  | 'stream-truncated'
  /** The bytes break the format's rules. */
  | 'stream-corrupt'
  /** The data unpacked, but a checksum or size in the stream does not match. */
  | 'checksum-mismatch'
  /** The format is known and valid, but uses something that is not supported (say, another xz filter). */
  | 'stream-unsupported'
  /** The dictionary or window is above the limit. */
  | 'window-limit'
  /** The output is above the limit. */
  | 'output-limit'

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
