import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable } from '../../src/document/printable.ts'
import { few, listed } from '../../src/report/audit/names.ts'
import { columnsOf, cutMiddle, fold, padEnd, padStart } from '../../src/report/fit.ts'
import { anyName } from './audit/any-name.ts'

describe('printable', () => {
  it('spells out what a terminal would obey or not show', () => {
    expect(printable('a\u001b[31m\n\u009b\u00ad')).toBe('a\\x1b[31m\\x0a\\x9b\\xad')
    expect(printable('\u202e\u2066\u200b\ufeff\u2028')).toBe('\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{2028}')
    expect(printable('\ud800 \udc00')).toBe('\\u{d800} \\u{dc00}')
  })

  it('leaves what is text', () => {
    for (const text of ['plain', 'é e\u0301', '核心', '😀', '👨\u200d👩\u200d👧', 'می\u200cخواهم']) {
      expect(printable(text)).toBe(text)
    }
  })
})

describe('columns', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['核心', 4],
    ['ｆ', 2],
    ['😀', 2],
    ['', 0],
  ])('of %s', (text, columns) => expect(columnsOf(text)).toBe(columns))

  it('are kept when a text is folded, cut or padded', () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 4, max: 30 }), (name, width) => {
        const text = printable(name)
        const lines = fold(text, width)
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width)
        const joined = (part: string) => part.replaceAll(' ', '')
        expect(joined(lines.join(''))).toBe(joined(text))
        expect(columnsOf(cutMiddle(text, width))).toBeLessThanOrEqual(width)
        expect(columnsOf(padEnd(text, width))).toBe(Math.max(width, columnsOf(text)))
        expect(columnsOf(padStart(text, width))).toBe(Math.max(width, columnsOf(text)))
      }),
    )
  })

  it('keeps both ends of a path, and more of the second', () => {
    expect(cutMiddle('/srv/kernels/vmlinuz', 10)).toBe('/sr…mlinuz')
    expect(cutMiddle('short', 10)).toBe('short')
  })
})

describe('lists', () => {
  it('are cut only where that makes them shorter', () => {
    expect(listed(['a', 'b', 'c'], 2)).toBe('a, b, c')
    expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
    expect(few([1, 2, 3, 4], 2)).toEqual({ shown: [1, 2], more: 2 })
  })
})
