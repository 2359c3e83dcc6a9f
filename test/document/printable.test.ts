import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText, printable } from '../../src/document/printable.ts'

/** Characters that act on a terminal or in a log, and are not seen. */
const ACTIVE =
  /\p{Cc}|[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u
const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u001b', '\u202e', '\u2028', '\u{e0000}', '\u{e0041}', '\x7f', '\x9b'),
  ),
})

describe('printable', () => {
  it('leaves nothing that would act, on one line', () => {
    expect(printable('a\nb\u001b[2J\u202e\u2028\u{e0041}')).toBe(
      'a\\x0ab\\x1b[2J\\u{202e}\\u{2028}\\u{e0041}',
    )
    fc.assert(
      fc.property(anyText, text => {
        expect(printable(text)).not.toMatch(ACTIVE)
      }),
    )
  })

  it('leaves what people write as it is', () => {
    const text = 'Größe, 漢字, नमस्ते, می\u200cخواهم, 👩\u200d💻'
    expect(printable(text)).toBe(text)
  })
})

describe('JSON', () => {
  it('has the same value, and nothing that would act', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, text) => {
        const json = jsonText([value, text, { [text]: text }])
        expect(json).not.toMatch(ACTIVE)
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify([value, text, { [text]: text }])))
      }),
    )
  })

  it('keeps the lines of what is indented', () => {
    expect(jsonText({ a: ['\u2028'] }, 2)).toBe('{\n  "a": [\n    "\\u2028"\n  ]\n}')
    expect(jsonText('\u{e0041}\x9b')).toBe('"\\udb40\\udc41\\u009b"')
  })
})
