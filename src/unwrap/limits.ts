import type { UnpackLimits } from './unpacker.ts'

/** 256 MiB of dictionary or window, 1 GiB of output: the most that any Xen release takes. */
export const DEFAULT_LIMITS: UnpackLimits = { window: 256 * 2 ** 20, output: 2 ** 30 }
