/** What a reader of a container raises: the layer, the place in it and the limit, as data. */

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

/** Raised for what the bytes of a container say. One image's error never ends a scan. */
export class ContainerError extends RangeError {
  override name = 'ContainerError'
  readonly code: ContainerErrorCode
  /** The format whose reader raised it: `qcow2`, `ext4`, `tar`. */
  readonly layer: string
  /** Where in that layer's bytes. */
  readonly offset: number | undefined

  constructor(code: ContainerErrorCode, layer: string, message: string, offset?: number) {
    super(message)
    this.code = code
    this.layer = layer
    this.offset = offset
  }
}
