/**
 * What a scan says of one image.
 * @module
 */
import type { Judgement } from '../../findings/judgement.ts'
import type { ImageRecord } from '../../record/type.ts'
import type { LoaderSpan } from '../../xen/boot-path/ask.ts'

/** An image with its record, which is kept as the text that it travelled as and only parsed for those who ask. */
export class ImageEntry {
  readonly image: string
  /** The record as a JSON object. */
  readonly json: string
  /** Absent where nobody asked for verdicts. */
  judgements?: readonly Judgement[]
  /** What loaders of guests say; absent where nobody asked them. */
  loaders?: readonly LoaderSpan[]
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
