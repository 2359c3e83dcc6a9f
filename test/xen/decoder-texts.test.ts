/** What the hypervisor's decoders print of damaged payloads, as the decoders of Xen's source tree print it (test/decoders/). */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CODECS } from '../../src/facts/facts.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import { resolveTarget } from '../../src/xen/mod.ts'
import { changedImages, predict, type Recorded } from '../decoders/changed-images.ts'

const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../../fixtures/decoder-texts.json', import.meta.url), 'utf8'),
)
const texts = new Set(recorded.texts)
const target = resolveTarget('4.22.0', { build: FULL_BUILD })
/** Where decoders leave their buffers the model cannot know more. */
const MOST_OPEN = 1 / 3

test.each(CODECS)('%s', codec => {
  const copies = changedImages(codec, recorded.seed, recorded.count)
  const said = Object.entries(recorded.said[codec])
  expect(said.flatMap(([, numbers]) => numbers).sort((a, b) => a - b)).toEqual([...copies.keys()])
  const kinds = new Set<string>()
  let open = 0
  for (const [text, numbers] of said) {
    for (const number of numbers) {
      const ours = predict(copies.get(number)!.image, texts, target).said
      if (ours === 'open') {
        open++
        continue
      }
      expect(ours, `copy ${number}`).toBe(text)
      kinds.add(text)
    }
  }
  expect(kinds.size).toBeGreaterThan(1)
  expect(open / copies.size).toBeLessThan(MOST_OPEN)
})
