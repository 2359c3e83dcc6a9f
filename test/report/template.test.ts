import { describe, expect, it } from 'vitest'
import { templateReport } from '../../src/report/template.ts'
import { samples } from './audit/render.ts'

const render = (text: string, name = 'x.liquid') => templateReport(text, name)(samples.audit())

describe('a template', () => {
  it('has the JSON document, whose indexes it follows', () => {
    const { causes, kernels } = samples.audit()
    const [cause] = causes
    expect(render('{% assign c = causes[0] %}{{ c.code }} {{ kernels[c.kernels[0]].images[0] }}')).toBe(
      `${cause!.code} ${kernels[cause!.kernels[0]!]!.images[0]}`,
    )
    expect(render('{{ counts.refuses }} {{ kernels | size }}')).toBe(
      `${samples.audit().counts.refuses} ${kernels.length}`,
    )
  })

  it('escapes what it puts into HTML, which its name tells', () => {
    const text = '{{ kernels[1].images[0] }}'
    expect(render(text)).toContain('<script>')
    expect(render(text, 'report.html.liquid')).toContain('&lt;script&gt;')
    expect(render(text, 'report.html')).not.toContain('<script>')
    expect(render(`{{ kernels[1].images[0] | raw }}`, 'report.html')).toContain('<script>')
  })

  it.each([
    ['{% for x in causes %}', /not closed, line:1/],
    ['{{ created | nope }}', /undefined filter: nope/],
    ['\n{% nope %}', /tag "nope" not found, line:2/],
  ])('with a fault says where before anything is judged: %s', (text, message) => {
    expect(() => templateReport(text, 'x.liquid')).toThrow(message)
  })

  it('reads no files, and reaches nothing but the document', () => {
    for (const text of ["{% include '/etc/passwd' %}", "{% render 'x' %}", "{% layout 'x' %}"]) {
      expect(() => render(text)).toThrow(/ENOENT/)
    }
    expect(render('{{ constructor }}{{ kernels.constructor }}{{ __proto__.x }}{{ toString }}')).toBe('')
  })

  it('takes no more memory than it may', () => {
    expect(() => render('{% for i in (1..1000000000) %}x{% endfor %}')).toThrow(/memory alloc limit exceeded/)
  })
})
