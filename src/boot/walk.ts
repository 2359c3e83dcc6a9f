/**
 * Which kernel a guest boots from its disk, and what becomes of it: by each boot path.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { readImage } from '../unwrap/read-image.ts'
import { askReleases } from '../xen/ask-releases.ts'
import { parseBootMode } from '../xen/boot-mode.ts'
import { type Release, releaseIndex, releases } from '../xen/releases.ts'
import { Subject } from '../xen/subject.ts'
import type { AnswerSpan } from '../xen/verdict.ts'
import type { GuestDisk } from './guest-disk.ts'
import type { GuestFiles } from './guest-files.ts'
import type { PygrubOptions } from './pygrub/answer.ts'
import { type PygrubSpan, pygrubSpans } from './pygrub/spans.ts'

/** A kernel in a guest's disk, read. */
export interface GuestKernel {
  facts: Facts
  problem?: Problem
}

/** Reads kernels of a disk, each once. */
export class GuestKernels {
  readonly #engine: Engine
  readonly #known = new Map<GuestFiles, Map<string, GuestKernel | undefined>>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The kernel at `path` of a file system; undefined where there is no such file. */
  read(files: GuestFiles, path: string): GuestKernel | undefined {
    let known = this.#known.get(files)
    if (known === undefined) {
      known = new Map()
      this.#known.set(files, known)
    }
    if (!known.has(path)) {
      const source = files.open(path)
      known.set(path, source === undefined ? undefined : readImage(this.#engine, source))
    }
    return known.get(path)
  }
}

/** A span of pygrub's answers, and what the toolstack of these releases makes of the kernel. */
export interface PygrubWalk extends PygrubSpan {
  /** What the toolstack says of the kernel, as a PV guest; absent where there is none. */
  verdicts?: readonly AnswerSpan[]
}

/** pygrub's answers of the releases that are asked, with the verdicts on the kernels that it takes. */
export function walkPygrub(
  disk: GuestDisk,
  kernels: GuestKernels,
  asked: readonly Release[],
  options: PygrubOptions = {},
): PygrubWalk[] {
  const indexes = asked.map(release => releaseIndex(release)!).sort((a, b) => a - b)
  return pygrubSpans(disk, options).flatMap(span => {
    const clipped = clipTo(span, indexes)
    if (clipped === undefined) return []
    const { kernel, offset } = clipped
    const files = offset === undefined ? undefined : disk.mountForPygrub(offset)
    const read = kernel === undefined || files === undefined ? undefined : kernels.read(files, kernel)
    if (read === undefined) return [clipped]
    const inside = indexes.filter(
      index => releaseIndex(clipped.since)! <= index && index <= releaseIndex(clipped.until)!,
    )
    const verdicts = askReleases(new Subject(read.facts), parseBootMode('pv-domU')).flatMap(
      answer => clipTo(answer, inside) ?? [],
    )
    return [{ ...clipped, verdicts }]
  })
}

/** What is left of a span where only the releases at `indexes` count. */
function clipTo<T extends { since: Release; until: Release }>(
  span: T,
  indexes: readonly number[],
): T | undefined {
  const first = releaseIndex(span.since)!
  const last = releaseIndex(span.until)!
  const inside = indexes.filter(index => first <= index && index <= last)
  if (inside.length === 0) return undefined
  return { ...span, since: releases[inside[0]!]!, until: releases[inside.at(-1)!]! }
}
