/**
 * Which findings of a scan make it fail: the rules of an audit, asked image by image.
 * @module
 */
import type { ProblemCode } from '../problem.ts'
import { type FailOn, SEVERITIES } from './fail-on.ts'
import { coversFinding, type IgnoreRule } from './ignore.ts'
import type { Judgement } from './judgement.ts'

/** Files that are whole, and are no kernels for Xen: memtest86+, iPXE, a kernel of another machine. */
const SOUND: ReadonlySet<ProblemCode> = new Set([
  'foreign-kernel',
  'not-a-kernel',
  'no-kernel-inside',
  'empty',
  'not-elf',
  'payload-format-unknown',
  'boot-protocol-too-old',
  'elf-machine-unsupported',
  'elf-big-endian',
])

export class ScanPolicy {
  readonly #failOn: FailOn
  readonly #rules: readonly IgnoreRule[]

  /** @param rules Those that hold today. */
  constructor(failOn: FailOn, rules: readonly IgnoreRule[]) {
    this.#failOn = failOn
    this.#rules = rules
  }

  /**
   * True where an image makes the scan fail: a verdict that was asked for is as grave as policy says, or depends on
   * what could not be read. Where nobody is asked, what counts is whether the image could be read whole.
   */
  fails(
    image: string,
    problem: ProblemCode | undefined,
    judgements: readonly Judgement[] | undefined,
  ): boolean {
    if (judgements === undefined) return problem !== undefined && !SOUND.has(problem)
    return judgements.some(judgement => this.reaches(judgement) && !this.#isIgnored(image, judgement))
  }

  /** True for a verdict that is as grave as policy says. */
  reaches({ verdict, code }: Pick<Judgement, 'verdict' | 'code'>): boolean {
    if (verdict !== 'refuses' && verdict !== 'uncertain') return false
    if (code === 'image-unread') return true
    const { severity, causes } = this.#failOn
    if (code !== undefined && causes.includes(code)) return true
    return severity !== undefined && SEVERITIES.indexOf(verdict) <= SEVERITIES.indexOf(severity)
  }

  #isIgnored(image: string, { code, mode, xen, hosts = [], since, until }: Judgement): boolean {
    const versions = xen !== undefined ? [xen] : [since, until].filter(version => version !== undefined)
    return this.#rules.some(rule => coversFinding(rule, { code, mode, versions, hosts, images: [image] }))
  }
}
