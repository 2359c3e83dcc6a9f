import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { anyAudit } from './any-name.ts'
import { render, sampleNames, samples } from './render.ts'

interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

/** Reads XML as the recommendation has it: whatever is not well-formed is an error. */
function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const parser = new SaxesParser({ xmlns: false })
  parser.on('error', error => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: { ...attributes }, children: [], text: '' }
    open.at(-1)!.children.push(element)
    open.push(element)
  })
  parser.on('text', text => {
    open.at(-1)!.text += text
  })
  parser.on('closetag', () => void open.pop())
  parser.write(xml).close()
  return root.children[0]!
}

const suitesOf = (audit: Audit) => parse(render('junit', audit)).children
const casesOf = (suite: Element) => suite.children.filter(({ name }) => name === 'testcase')
const has = (element: Element, name: string) => element.children.some(child => child.name === name)

function expectSound(audit: Audit) {
  const root = parse(render('junit', audit))
  expect(root.name).toBe('testsuites')
  const cases = root.children.flatMap(casesOf)
  expect(cases).toHaveLength(audit.cells.length)
  // CI systems know a case by its class and name.
  expect(new Set(cases.map(({ attributes: { classname, name } }) => `${classname}\0${name}`)).size).toBe(
    cases.length,
  )
  for (const element of [root, ...root.children]) {
    const inside = element === root ? cases : casesOf(element)
    const { tests, failures, skipped, errors } = element.attributes
    expect([tests, failures, skipped, errors].map(Number)).toEqual([
      inside.length,
      inside.filter(entry => has(entry, 'failure')).length,
      inside.filter(entry => has(entry, 'skipped')).length,
      0,
    ])
  }
}

describe('junit', () => {
  it.each(sampleNames)('is well-formed, and its counts are right: %s', sample =>
    expectSound(samples[sample]()),
  )

  it('is well-formed whatever the names are', () => {
    fc.assert(fc.property(anyAudit, expectSound))
  })

  it('has a suite for every build with something to say, told apart where the versions are equal', () => {
    expect(suitesOf(samples.audit()).map(({ attributes }) => attributes.name)).toEqual([
      'Xen 4.0.4',
      'Xen 4.1.6.1',
      'Xen 4.10',
      'Xen 4.17.4 (xen30 …)',
      'Xen 4.17.4 (xen32)',
    ])
    const audit = samples.audit()
    audit.cells = audit.cells.filter(({ build }) => build !== 2)
    expect(suitesOf(audit)).toHaveLength(4)
  })

  it('fails what is refused, and skips doubts, missing modes and what is ignored', () => {
    const [suite] = suitesOf(samples.audit())
    const results = casesOf(suite!).map(({ attributes, children: [child] }) => [
      attributes.name!.replace(/.*\[/s, '['),
      child === undefined ? 'passed' : `${child.name} ${(child.attributes.message ?? '').split(' ')[0]}`,
    ])
    expect(results).toEqual([
      ['[pv-domU]', 'failure The'],
      ['[pv-dom0]', 'skipped known'],
      ['[pv-domU]', 'passed'],
      ['[pv-dom0]', 'passed'],
      ['[pv-domU]', 'passed'],
      ['[pv-dom0]', 'passed'],
      ['[pv-domU]', 'skipped ignored:'],
      ['[pv-dom0]', 'failure The'],
      ['[pv-domU]', 'passed'],
      ['[pv-dom0]', 'passed'],
      ['[pv-domU]', 'skipped uncertain:'],
      ['[pv-dom0]', 'skipped uncertain:'],
    ])
  })

  it('fails what an upgrade breaks, and nothing else; that comes first', () => {
    const audit = samples.upgrade()
    const breaks = audit.cells.filter(({ change }) => change === 'breaks').length
    const suites = suitesOf(audit)
    const failures = suites.flatMap(casesOf).filter(entry => has(entry, 'failure'))
    expect(failures).toHaveLength(breaks)
    for (const suite of suites) {
      const failed = casesOf(suite).map(entry => has(entry, 'failure'))
      expect(failed.lastIndexOf(true)).toBe(failed.filter(Boolean).length - 1)
    }
  })

  it('fails a new kernel where it is refused, and no old one', () => {
    const cases = suitesOf(samples.addition()).flatMap(casesOf)
    const failed = cases.filter(entry => has(entry, 'failure'))
    expect(failed).toHaveLength(4)
    for (const { attributes } of failed) expect(attributes.file).toBe('kernels/linux-3.13-pvh')
    const messages = cases.flatMap(({ children }) => children.map(({ attributes }) => attributes.message!))
    expect(messages.filter(text => text.startsWith('refuses as before: '))).toHaveLength(10)
  })

  it('says the cause, the log line and the remedies', () => {
    const suite = suitesOf(samples.audit())[1]!
    const failure = casesOf(suite)[0]!.children[0]!
    expect(failure.attributes.type).toBe('unknown-feature')
    expect(failure.text.split('\n').slice(-5)).toEqual([
      'log: xc_dom_probe_bzimage_kernel: kernel is not a bzImage (noise: also logged of kernels that load)',
      'log: xc: error: elf_xen_parse_features: unknown feature "hvm_callback_vector" | `parse`',
      'log: xc_dom_find_loader: no loader found',
      'do: Build the kernel with the feature in SUPPORTED_FEATURES (Linux 3.14 or later)',
      'do: Upgrade these hosts to Xen 4.2 or later',
    ])
  })
})
