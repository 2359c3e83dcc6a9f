/**
 * One line of JSON an image: the format for machines, and for facts that are judged later.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import { addressedJson } from '../../record/write.ts'
import { reasonText } from '../../xen/reason-text.ts'
import { remedyText } from '../../xen/remedies/remedy-text.ts'
import type { ImageEntry } from './entry.ts'
import type { ScanReport } from './report.ts'

/** `{"image": …, "kind": …, "facts": …, "problem"?: …, "verdicts"?: …}`. */
export function imageJson({ image, json, judgements, loaders }: ImageEntry): string {
  const head = addressedJson(image, json)
  if (judgements === undefined && loaders === undefined) return head
  const own = (judgements ?? []).map(judgement => ({
    ...judgement,
    reason: reasonText(judgement.reason),
    ...(judgement.remedies !== undefined && { remedies: judgement.remedies.map(remedyText) }),
  }))
  const verdicts = [...own, ...(loaders ?? [])]
  return `${head.slice(0, -1)},"verdicts":${jsonText(verdicts)}}`
}

export const ndjsonReport = (): ScanReport => ({
  begin: () => '',
  image: entry => `${imageJson(entry)}\n`,
  end: () => '',
})
