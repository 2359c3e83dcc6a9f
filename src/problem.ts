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

/** What can be wrong with a container. */
export type ContainerErrorCode =
  /** A structure lies outside the bytes that are there. */
  | 'container-truncated'
  /** A structure breaks the rules of its format. */
  | 'container-corrupt'
  /** The format is known, but uses something that is not read; `detail` names it. */
  | 'container-unsupported'
  /** A budget is used up: nesting depth, metadata bytes, directory entries, work. */
  | 'container-limit'
  /** A file that the container names is not below the allowed root, or is no file; nothing of it was read. */
  | 'backing-outside'
  /** A file that the container names is not there. */
  | 'backing-missing'
  /** Encrypted or kept in a format that is named and never read (LUKS, BitLocker, ZFS, VDO, 7z). */
  | 'container-not-read'

export type ProblemCode =
  | StreamErrorCode
  | ContainerErrorCode
  /** A container in which no kernel was found. */
  | 'no-kernel-inside'
  /** A kernel for another machine: no x86 loader is asked about it. */
  | 'foreign-kernel'
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
  | 'file-too-large'
  | 'worker-died'

/** An offset or an address as messages show it: `0x1f40`. */
export const hex = (value: number | bigint): `0x${string}` => `0x${value.toString(16)}`

export interface Problem {
  code: ProblemCode
  /** One sentence: what cannot be done, where, and the limit. */
  message: string
  /** Where in the file or layer, in bytes. */
  offset?: number
}
