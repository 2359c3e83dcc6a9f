import { expect, test } from 'vitest'
import { fullVerdict, verdictKey } from '../../src/findings/full-verdict.ts'
import { bootModes, Judge, releases, resolveTarget } from '../../src/xen/mod.ts'
import { bzImage, kernel, linux32, linuxNotes } from '../xen/kernels.ts'

test('verdicts with the same key are the same', () => {
  const kernels = [
    kernel(),
    linux32(),
    bzImage(kernel(), 'zstd'),
    kernel({ notes: linuxNotes({ FEATURES: 'hvm_callback_vector' }) }),
    kernel({ notes: linuxNotes({ FEATURES: '!unheard_of' }) }),
    kernel({ notes: {} }),
  ]
  const byKey = new Map<string, string>()
  const texts = new Set<string>()
  for (const facts of kernels) {
    const judge = new Judge(facts)
    for (const mode of bootModes) {
      for (const release of releases) {
        const verdict = fullVerdict(judge.verdict(resolveTarget(release), mode))
        const text = JSON.stringify(verdict)
        const key = verdictKey(verdict)
        expect(byKey.get(key) ?? text).toBe(text)
        byKey.set(key, text)
        texts.add(text)
      }
    }
  }
  expect(byKey.size).toBe(texts.size)
  expect(texts.size).toBeGreaterThan(50)
})
