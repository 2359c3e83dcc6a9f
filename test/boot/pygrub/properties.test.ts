/** pygrub's model on hostile disks: it ends, with an answer that pygrub could give. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pygrubSpans } from '../../../src/boot/pygrub/spans.ts'
import { guestDisk } from '../disks.ts'

const SECTOR = 512

/** A partition table of any bytes, with its signature, in front of any sectors. */
const disk = fc
  .tuple(
    fc.uint8Array({ minLength: 66, maxLength: 66 }),
    fc.constantFrom(0, 0x82, 0x83, 0xbf, 0xee),
    fc.uint8Array({ minLength: 0, maxLength: 4 * SECTOR }),
  )
  .map(([table, type, rest]) => {
    const bytes = new Uint8Array(SECTOR + rest.length)
    bytes.set(table, 446)
    bytes[450] = type
    bytes[510] = 0x55
    bytes[511] = 0xaa
    bytes.set(rest, SECTOR)
    return bytes
  })

test('any partition table', () => {
  fc.assert(
    fc.property(disk, bytes => {
      const spans = pygrubSpans(guestDisk(bytes))
      expect(spans[0]!.since).toBe('3.1.0')
      expect(spans.at(-1)!.until).toBe('4.22.0')
      for (const { outcome, error } of spans) {
        expect(outcome).toBe('fails')
        expect(error).toMatch(/^(IOError|RuntimeError|NameError|struct\.error): /)
      }
    }),
    { numRuns: 100 },
  )
})
