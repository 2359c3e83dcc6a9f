import fc from 'fast-check'
import { marked, type Token } from 'marked'
import { describe, expect, it } from 'vitest'
import { printable } from '../../../src/document/printable.ts'
import { code, prose } from '../../../src/report/audit/markdown-text.ts'
import { anyAudit, anyName } from './any-name.ts'
import { render, sampleNames, samples } from './render.ts'

/** All tokens of a document as GitHub's dialect has them. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  marked.walkTokens(marked.lexer(text), token => void tokens.push(token))
  return tokens
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
}

/** The text that a reader sees. */
const shown = (markdown: string) =>
  String(marked.parse(markdown))
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|amp|quot|#39);/g, entity => ENTITIES[entity]!)

const MARKUP = ['html', 'link', 'image', 'def']

describe('markdown', () => {
  it.each(sampleNames)('makes nothing of names but text: %s', sample => {
    const types = new Set(tokensOf(render('markdown', samples[sample]())).map(({ type }) => type))
    for (const type of MARKUP) expect(types).not.toContain(type)
  })

  it('makes nothing of names but text, whatever they are', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        const types = new Set(tokensOf(render('markdown', audit)).map(({ type }) => type))
        for (const type of MARKUP) expect(types).not.toContain(type)
      }),
      { numRuns: 50 },
    )
  })

  it('shows a name in code as it is', () => {
    fc.assert(
      fc.property(anyName, name => {
        fc.pre(name.trim() !== '')
        const spans = tokensOf(`- ${code(name)} behind`).filter(({ type }) => type === 'codespan')
        expect(spans).toHaveLength(1)
        expect((spans[0] as { text: string }).text).toBe(printable(name))
      }),
    )
  })

  it('shows a sentence as it is', () => {
    fc.assert(
      fc.property(anyName, name => {
        fc.pre(name.trim() !== '')
        const sentence = `x ${name} x`
        const spaces = (text: string) => text.replace(/\s+/g, ' ').trim()
        expect(spaces(shown(prose(sentence)))).toBe(spaces(printable(sentence).replace(/@(?=\w)/g, '@ ')))
      }),
    )
  })

  it('makes no mention, whatever the name starts with', () => {
    expect(prose('ask @admin or @_ops')).toBe('ask @ admin or @ \\_ops')
  })

  it('starts no list, heading or quote with a sentence', () => {
    for (const text of [
      '# head',
      '- item',
      '+ item',
      '1. item',
      '1) item',
      '> quote',
      '* item',
      '***',
      '```',
      '~~~',
      '|a|',
      '<!-- hidden',
      '<script>',
      '</details>',
      '    code',
    ]) {
      expect(tokensOf(prose(text))[0]!.type, text).toBe('paragraph')
    }
    expect(prose('4.16.0 refuses hvm_callback_vector')).toBe('4.16.0 refuses hvm_callback_vector')
  })

  it('tells what breaks first', () => {
    const text = render('markdown', samples.upgrade())
    expect(text.indexOf('| **breaks** | 59 |')).toBeGreaterThan(0)
    const heads = text.split('\n').filter(line => line.startsWith('## '))
    expect(heads.map(head => head.slice(3).split(':')[0])).toEqual([
      'breaks',
      'uncertain',
      'fixed',
      'Causes, the worst first',
      'Plan',
      'Images that could not be read whole',
      'What these verdicts rest on',
      'What was taken for granted of hosts',
      '3 hosts left out',
    ])
  })

  it('fits into a ticket', () => {
    expect(render('markdown', samples.audit()).length).toBeLessThan(65_536)
  })
})
