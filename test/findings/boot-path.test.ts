import { describe, expect, test } from 'vitest'
import { byBootPath } from '../../src/findings/boot-path.ts'
import { image, run, word } from './fleet.ts'

describe('a loader that is not of Xen', () => {
  test.each(['pvgrub', 'pvgrub2'] as const)('by %s makes an answer uncertain, whatever it is', path => {
    for (const answer of ['accepts', 'refuses'] as const) {
      const { verdict, code, remedies } = byBootPath(word(answer), 'pv-domU', [path])
      expect([verdict, code]).toEqual(['uncertain', 'boot-path'])
      expect(remedies).not.toEqual([])
    }
  })

  test('decides nothing about a dom0, nor about a mode that is not there', () => {
    expect(byBootPath(word('accepts'), 'pv-dom0', ['pvgrub2']).verdict).toBe('accepts')
    expect(byBootPath(word('unavailable'), 'pvh-domU', ['pvgrub2']).verdict).toBe('unavailable')
  })

  test('next to the own one: a refusal stays, with a remark; anything else is uncertain', () => {
    const refused = byBootPath(word('refuses'), 'pv-domU', ['direct', 'pvgrub2'])
    expect([refused.verdict, refused.assumptions.length]).toEqual(['refuses', 1])
    expect(byBootPath(word('accepts'), 'pv-domU', ['direct', 'pvgrub2']).verdict).toBe('uncertain')
  })
})

test('pygrub goes through the loader of Xen, and rests on the image being the one', () => {
  const { verdict, assumptions } = byBootPath(word('accepts'), 'pv-domU', ['pygrub'])
  expect([verdict, assumptions.length]).toEqual(['accepts', 1])
  expect(byBootPath(word('accepts'), 'pv-domU', ['direct'])).toEqual(word('accepts'))
})

test('a placement says how its guests boot', () => {
  const fleet = `
hosts:
  - {name: a, xen: 4.5.0}
placements:
  - {host: a, images: one, boot: pvgrub2}
  - {host: a, images: two}
`
  const { cells, verdicts, causes } = run([image('one', 1), image('two', 2)], {}, fleet)
  expect(cells.map(({ verdict }) => verdicts[verdict]!.verdict)).toEqual(['uncertain', 'accepts'])
  expect(causes.map(({ code, guests }) => [code, guests])).toEqual([['boot-path', 1]])
})
