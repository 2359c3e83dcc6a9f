import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf } from '../../../src/report/fit.ts'
import { largeAudit } from '../sample-audit.ts'
import { anyAudit } from './any-name.ts'
import { render, sampleNames, samples } from './render.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that colour text
const SGR = /\u001b\[\d+m/g

const linesOf = (text: string) => text.split('\n')

describe('table', () => {
  it.each(sampleNames)('fits any terminal: %s', sample => {
    for (const width of [40, 60, 80, 132]) {
      for (const line of linesOf(render('table', samples[sample](), { width }))) {
        expect(columnsOf(line), line).toBeLessThanOrEqual(width)
      }
    }
  })

  it('fits 80 columns whatever the names are', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        for (const line of linesOf(render('table', audit))) {
          expect(columnsOf(line), line).toBeLessThanOrEqual(80)
          expect(line).toBe(line.trimEnd())
        }
      }),
      { numRuns: 100 },
    )
  })

  it.each(sampleNames)('says the same without colours: %s', sample => {
    const colourful = render('table', samples[sample](), { colour: true })
    expect(colourful).toMatch(SGR)
    expect(colourful.replace(SGR, '')).toBe(render('table', samples[sample]()))
  })

  it('leaves no comma alone where names are as long as the page is wide', () => {
    const audit = samples.audit()
    for (const kernel of audit.kernels) kernel.images = [`/srv/${'k'.repeat(90)}`]
    expect(linesOf(render('table', audit))).not.toContainEqual(expect.stringMatching(/^ *,/))
  })

  it.each(['table', 'markdown'] as const)('says in %s what was taken for granted of a host', format => {
    const audit = samples.audit()
    audit.builds[0]!.remarks = ['Xen 4.99 is newer than all that is known']
    const text = render(format, audit)
    expect(text).toContain('What was taken for granted of hosts')
    expect(text).toContain('Xen 4.99 is newer than all that is known')
  })

  it('says counts first, then causes with each remedy once', () => {
    const text = render('table', samples.audit())
    const order = [
      'NO  refused',
      'Causes',
      'nothing in the fleet takes',
      'One upgrade away',
      'nothing new',
      'Ignored',
    ]
    const places = order.map(part => text.indexOf(part))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(text.split('Build the kernel with CONFIG_XEN_DOM0=y')).toHaveLength(2)
  })

  it('says what an upgrade breaks before anything else', () => {
    const text = render('table', samples.upgrade())
    const order = [
      '  breaks  ',
      '  fixed  ',
      'breaks: starts today',
      'uncertain:',
      'fixed:',
      'Causes',
      'Plan',
    ]
    const places = order.map(part => text.indexOf(part))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it('cuts long lists, and says where all of it is', () => {
    const audit = largeAudit(500, 40)
    audit.acceptedNowhere = audit.kernels.map((_, index) => index)
    const text = render('table', audit)
    expect(text).toContain('… and 490 more')
    expect(text).toContain('--all cuts none')
    expect(linesOf(text).length).toBeLessThan(100)
    expect(render('table', samples.fine())).not.toContain('--all')
  })

  it('cuts nothing where all is wanted, or where there is room without end', () => {
    const audit = largeAudit(500, 40)
    audit.acceptedNowhere = audit.kernels.map((_, index) => index)
    for (const options of [{ all: true }, { width: Number.POSITIVE_INFINITY }]) {
      const text = render('table', audit, options)
      expect(text).not.toMatch(/and \d+ more(?! image)/)
      expect(linesOf(text).length).toBeGreaterThan(1000)
      expect(text).not.toContain('--all')
    }
  })

  it('says the causes of a change before those that were there before it', () => {
    const text = render('table', samples.addition())
    expect(text.indexOf('(unknown-feature)')).toBeLessThan(text.indexOf('(dom0-bit-missing)'))
    expect(text).toMatch(/\(dom0-bit-missing\)\n.*, as before\n/)
    expect(text).not.toMatch(/\(unknown-feature\)\n.*as before/)
  })

  it('counts pairs where nothing is placed', () => {
    expect(render('table', samples.upgrade())).toMatch(/breaks +59 pairs/)
    expect(render('table', samples.audit())).toMatch(/refused +191 guests/)
  })

  it('says so when nothing is wrong', () => {
    expect(render('table', samples.fine())).toContain('No kernel is refused, and none is in doubt.')
  })
})
