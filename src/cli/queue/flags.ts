/** What `xen-preflight queue` is asked for, beside its action. */
import type { ReadFlags } from '../read-options.ts'

export interface QueueFlags extends ReadFlags {
  prefix: string
  filesFrom?: string
  lock: number
  exitWhenDone: boolean
  watch: boolean
  all: boolean
  output?: string
}
