/** What a reader of a container raises: the layer, the place in it and the limit, as data. */

import type { ContainerErrorCode } from '../problem.ts'

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
