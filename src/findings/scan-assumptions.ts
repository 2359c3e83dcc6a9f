/**
 * What the verdicts of a scan rest on, each said once and not once an image.
 * @module
 */
import type { Judgement } from './judgement.ts'

export class ScanAssumptions {
  /** How many images each is about, and the image that was counted last. */
  readonly #tallies = new Map<string, { images: number; last: string }>()

  add(image: string, { assumptions = [] }: Judgement): void {
    for (const text of assumptions) {
      const tally = this.#tallies.get(text)
      if (tally === undefined) this.#tallies.set(text, { images: 1, last: image })
      else if (tally.last !== image) {
        tally.images++
        tally.last = image
      }
    }
  }

  /** Those of most images first. */
  list(): { text: string; images: number }[] {
    return [...this.#tallies]
      .map(([text, { images }]) => ({ text, images }))
      .sort((a, b) => b.images - a.images)
  }
}
