/**
 * Images to kernels: those with equal facts are judged once.
 * @module
 */

import { describeGuest, describeLayers } from '../facts/describe.ts'
import type { Facts } from '../facts/facts.ts'
import { identify } from '../facts/identity.ts'
import type { AddressedRecord, ImageRecord } from '../record/type.ts'
import { isUnread } from '../xen/unread.ts'
import type { Kernel } from './model.ts'

/** An image of the catalogue. */
export interface CatalogueImage extends AddressedRecord {
  /** True for an image that is to enter the catalogue. */
  added?: boolean
}

export interface JudgedKernel extends Kernel {
  facts: Facts
  /** The digests of images whose record has one. */
  digests: Map<string, string>
}

/** Groups images by their facts, in the order in which each kernel is first met. */
export function groupKernels(images: Iterable<CatalogueImage>): JudgedKernel[] {
  const kernels = new Map<string, JudgedKernel>()
  const numbers = new FactsNumbers()
  for (const { image, record, added } of images) {
    const { facts, problem } = record
    // Of images that could not be read nobody knows whether they are alike.
    const unread = problem !== undefined && isUnread(problem) ? image : undefined
    const key = JSON.stringify([numbers.of(facts), problem, added === true, unread])
    const known = kernels.get(key)
    const kernel = known ?? newKernel(image, record, added === true)
    if (known === undefined) kernels.set(key, kernel)
    else known.images.push(image)
    if (record.digest !== undefined) kernel.digests.set(image, record.digest)
  }
  return [...kernels.values()]
}

/** A number for each facts, equal for equal ones. In a large catalogue nearly all share theirs as one object. */
class FactsNumbers {
  readonly #byFacts = new Map<Facts, number>()
  readonly #byText = new Map<string, number>()

  of(facts: Facts): number {
    const known = this.#byFacts.get(facts)
    if (known !== undefined) return known
    const text = JSON.stringify(facts)
    const number = this.#byText.get(text) ?? this.#byText.size
    this.#byText.set(text, number)
    this.#byFacts.set(facts, number)
    return number
  }
}

function newKernel(image: string, { kind, facts, problem }: ImageRecord, added: boolean): JudgedKernel {
  const { version, flavour, buildId } = identify(facts)
  const kernel: JudgedKernel = {
    images: [image],
    kind,
    layers: describeLayers(facts),
    guest: describeGuest(facts),
    ...(version !== undefined && { kernelVersion: version }),
    ...(flavour !== undefined && { flavour }),
    ...(buildId !== undefined && { buildId }),
    facts,
    digests: new Map(),
  }
  if (problem !== undefined) kernel.problem = problem
  if (added) kernel.added = true
  return kernel
}
