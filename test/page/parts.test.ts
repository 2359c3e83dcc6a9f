import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moveBy } from '../../src/page/position.ts'
import { windowOf } from '../../src/page/window.ts'
import { countOf, groupDigits } from '../../src/report/audit/counts.ts'
import { escapeHtml, html, scriptJson } from '../../src/report/html/markup.ts'
import { kernelNames } from '../../src/report/html/names.ts'
import { fillRuns, fromRanges, toRanges, toRuns } from '../../src/report/html/runs.ts'
import { compareLabels, seriesInLabel } from '../../src/report/html/series.ts'
import { visible, visibleLines } from '../../src/report/html/visible.ts'

describe('markup', () => {
  it('escapes what is put into it, and joins lists', () => {
    expect(html`<p title="${'"><x y=\'&'}">${['<', html`<b>${1}</b>`, undefined, false]}</p>`.markup).toBe(
      '<p title="&quot;&gt;&lt;x y=&#39;&amp;">&lt;<b>1</b></p>',
    )
  })

  it('lets no text become anything but text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const escaped = escapeHtml(text)
        expect(escaped).not.toMatch(/[<>"']/)
        expect(escaped).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/)
      }),
    )
  })
})

describe('JSON in a script element', () => {
  it('says the same, and cannot end the element', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, text) => {
        const value = [JSON.parse(json), text, '</script><!--<script>\u2028']
        const written = scriptJson(value)
        expect(written).not.toMatch(/[<>&\u2028\u2029]/)
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('text that is not ours', () => {
  it('shows what it holds', () => {
    expect(visible('a\nb\u202ec\u200dd\ud800e\u007f')).toBe('a\\x0ab\\u{202e}c\\u{200d}d\\u{d800}e\\x7f')
    expect(visible('🐧 核心 é')).toBe('🐧 核心 é')
    expect(visibleLines('a\n\tb')).toBe('a\n\\x09b')
  })
})

describe('kernel names', () => {
  const named = (...paths: string[]) =>
    kernelNames(paths.map(path => ({ images: [path], kind: 'elf', layers: '', guest: '' }))).map(
      ({ lead, tail }) => lead + tail,
    )

  it('are file names where these tell kernels apart', () => {
    expect(named('/srv/a/vmlinuz-1', '/srv/b/vmlinuz-2')).toEqual(['vmlinuz-1', 'vmlinuz-2'])
  })

  it('keep the directories that differ where they do not', () => {
    expect(named('/srv/a/boot/vmlinuz', '/srv/b/vmlinuz', '/srv/b/xen')).toEqual([
      'a/boot/vmlinuz',
      'b/vmlinuz',
      'xen',
    ])
  })

  it('are told apart whatever the paths', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', '..', ''), { minLength: 1, maxLength: 4 })
      .map(part => part.join('/'))
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 8 }), paths => {
        expect(new Set(named(...paths)).size).toBe(paths.length)
      }),
    )
  })
})

describe('series', () => {
  it('are the first two numbers of a version', () => {
    expect(['4.17.2', '4.13.5-9.40', 'xen-4.1.6.1', 'unstable'].map(seriesInLabel)).toEqual([
      '4.17',
      '4.13',
      '4.1',
      'unstable',
    ])
  })

  it('are ordered as versions', () => {
    const labels = ['4.10', '4.9.1', '3.4.0', '4.1.6.1', '4.1.6', '4.1.6-rc1', '10.0']
    expect([...labels].sort(compareLabels)).toEqual([
      '3.4.0',
      '4.1.6',
      '4.1.6-rc1',
      '4.1.6.1',
      '4.9.1',
      '4.10',
      '10.0',
    ])
  })
})

describe('runs', () => {
  it('give the row back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), fc.nat(4), (row, start) => {
        const target = new Int32Array(start + row.length)
        fillRuns(toRuns(row), target, start)
        expect([...target.subarray(start)]).toEqual(row)
      }),
    )
  })

  it('are few where neighbours are alike', () => expect(toRuns([5, 5, 5, 2])).toEqual([5, 3, 2, 1]))
})

describe('ranges', () => {
  it('give the indices back, in order and once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), indices => {
        expect(fromRanges(toRanges(indices))).toEqual([...new Set(indices)].sort((a, b) => a - b))
      }),
    )
  })

  it('are short', () => expect(toRanges([7, 0, 1, 2, 4])).toBe('0-2 4 7'))
})

describe('numbers', () => {
  it('are grouped', () => {
    expect([0, 999, 1000, 1234567].map(groupDigits)).toEqual(['0', '999', '1,000', '1,234,567'])
    expect([countOf(1, 'host'), countOf(2000, 'host')]).toEqual(['1 host', '2,000 hosts'])
  })
})

describe('the window of rows', () => {
  it('covers what is seen and never leaves the list', () => {
    const size = fc.integer({ min: 0, max: 600 })
    fc.assert(
      fc.property(
        size,
        fc.integer({ min: 1, max: 60 }),
        fc.nat(20_000),
        fc.nat(2_000),
        (rows, height, top, room) => {
          const { first, end } = windowOf(rows, height, top, room)
          expect(first).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(rows)
          expect(first).toBeLessThanOrEqual(end)
          for (const seen of [Math.floor(top / height), Math.floor((top + room - 1) / height)]) {
            if (seen < rows && room > 0) expect(first <= seen && seen < end).toBe(true)
          }
          expect(end - first).toBeLessThanOrEqual(Math.ceil(room / height) + 26)
        },
      ),
    )
  })

  it('begins small where no row has been measured', () => {
    expect(windowOf(500, 0, 0, 800)).toEqual({ first: 0, end: 24 })
  })
})

describe('keys', () => {
  const extent = { rows: 10, columns: 4, page: 5 }
  const move = (key: string, row: number, column: number, control = false) =>
    moveBy(key, control, { row, column }, extent)

  it('move the focus and stop at the edges', () => {
    expect(move('ArrowDown', 0, 0)).toEqual({ row: 1, column: 0 })
    expect(move('ArrowUp', 0, 2)).toEqual({ row: -1, column: 2 })
    expect(move('ArrowUp', -1, 2)).toEqual({ row: -1, column: 2 })
    expect(move('ArrowLeft', 3, 0)).toEqual({ row: 3, column: -1 })
    expect(move('ArrowRight', 3, 3)).toEqual({ row: 3, column: 3 })
    expect(move('PageDown', 7, 1)).toEqual({ row: 9, column: 1 })
    expect(move('PageUp', 7, 1)).toEqual({ row: 2, column: 1 })
    expect(move('Home', 7, 1)).toEqual({ row: 7, column: -1 })
    expect(move('End', 7, 1, true)).toEqual({ row: 9, column: 3 })
    expect(move('Home', 7, 1, true)).toEqual({ row: 0, column: -1 })
  })

  it('that mean nothing here are left alone', () => expect(move('a', 0, 0)).toBeUndefined())
})
