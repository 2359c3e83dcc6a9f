/**
 * What a scan says of one image.
 * @module
 */
import type { Facts, ImageKind } from '../../facts/facts.ts'
import type { Judgement } from '../../findings/judgement.ts'
import type { Problem } from '../../problem.ts'

/** The record of an image as the scan makes it. */
export interface ImageRecord {
  kind: ImageKind
  facts: Facts
  problem?: Problem
  /** `sha256:` and the digest of the whole file, where it was asked for. */
  digest?: string
}

/** An image with its record, which is kept as the text that it travelled as and only parsed for those who ask. */
export class ImageEntry {
  readonly image: string
  /** The record as a JSON object. */
  readonly json: string
  /** Absent where nobody asked for verdicts. */
  judgements?: readonly Judgement[]
  #record: ImageRecord | undefined

  constructor(image: string, json: string) {
    this.image = image
    this.json = json
  }

  get record(): ImageRecord {
    this.#record ??= JSON.parse(this.json) as ImageRecord
    return this.#record
  }
}
