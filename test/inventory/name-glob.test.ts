/** Globs, against a matcher that tries every way in which a star can be filled. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesName } from '../../src/inventory/name-glob.ts'

function matchesAnyhow(glob: string, name: string): boolean {
  if (glob === '') return name === ''
  const rest = glob.slice(1)
  if (glob[0] !== '*') {
    return name !== '' && (glob[0] === '?' || glob[0] === name[0]) && matchesAnyhow(rest, name.slice(1))
  }
  for (let at = 0; at <= name.length; at++) if (matchesAnyhow(rest, name.slice(at))) return true
  return false
}

test('a glob matches where some filling of its stars gives the name', () => {
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 })
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 })
  fc.assert(
    fc.property(glob, name, (glob, name) => {
      expect(matchesName(glob, name)).toBe(matchesAnyhow(glob, name))
    }),
    { numRuns: 2000 },
  )
})
