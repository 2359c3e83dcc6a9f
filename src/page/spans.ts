/**
 * How one kernel fares on all builds, in few words: neighbouring builds with the same answer for the same cause are one span. No DOM.
 * @module
 */
import type { Look } from '../report/html/words.ts'
import { buildOrder } from './columns.ts'
import type { Model, Show } from './model.ts'

export interface Span {
  look: Look
  cause: number | undefined
  /** Builds in the order of their versions. */
  builds: number[]
  hosts: number
}

/** Builds on which nothing is placed are passed over. */
export function spansOf(model: Model, kernel: number, mode: number, show: Show): Span[] {
  const spans: Span[] = []
  for (const build of buildOrder(model.data.builds)) {
    const state = model.state(mode, kernel, build)
    if (state === undefined) continue
    const look = model.look(state, show)
    const cause = model.cause(state, show)
    const hosts = model.data.builds[build]!.hosts.length
    const last = spans.at(-1)
    if (last !== undefined && last.look === look && last.cause === cause) {
      last.builds.push(build)
      last.hosts += hosts
    } else {
      spans.push({ look, cause, builds: [build], hosts })
    }
  }
  return spans
}
