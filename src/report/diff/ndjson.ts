/**
 * A difference a line as JSON: every line says by itself what it is about.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import { namedDifference } from './gather.ts'
import type { DiffFormat } from './report.ts'

export const ndjsonReport: DiffFormat = function* (diff) {
  for (const row of diff.differences) {
    const { difference, kernel, build, mode, images, hosts, pairs, before, after } = namedDifference(
      diff,
      row,
    )
    const { guest, kernelVersion, flavour, buildId } = kernel
    const line = {
      ...{ difference, before, after, mode, pairs },
      kernel: { images, guest, kernelVersion, flavour, buildId, in: kernel.in },
      build: { hosts, before: build.before, after: build.after },
    }
    yield `${jsonText(line)}\n`
  }
}
