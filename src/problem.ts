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

/** What can be wrong with an image that is read from a server. */
export type RemoteErrorCode =
  /** No answer, a connection that breaks, or an error of the server, after all attempts. */
  | 'remote-unavailable'
  /** The server asks for credentials, or refuses those that it was given. */
  | 'remote-denied'
  /** The address, or a redirection, leads to where nothing is read from (`--no-private`, metadata services). */
  | 'remote-forbidden'
  /** The server reads no ranges, or cannot tell one version of the object from another, and the object is too large to be read as a whole. */
  | 'remote-no-range'
  /** The answer breaks the rules of the protocol: lengths that do not agree, a range that was not asked for. */
  | 'remote-invalid'
  /** The reference cannot be understood, or lacks what the environment should say. */
  | 'remote-reference'

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
  /** All attempts of a queue's workers have failed. */
  | 'gave-up'
  | RemoteErrorCode

/** An offset or an address as messages show it: `0x1f40`. */
export const hex = (value: number | bigint): `0x${string}` => `0x${value.toString(16)}`

export interface Problem {
  code: ProblemCode
  /** One sentence: what cannot be done, where, and the limit. */
  message: string
  /** Where in the file or layer, in bytes. */
  offset?: number
}
