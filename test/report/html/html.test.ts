import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { script, style } from '../../../src/report/html/page-assets.ts'
import { visible } from '../../../src/report/html/visible.ts'
import { NASTY_NAMES, sampleAddition, sampleAudit, sampleFine, sampleUpgrade } from '../sample-audit.ts'
import { between, dataOf, documentOf } from './document.ts'
import { fleetAudit } from './fleet.ts'

const samples = {
  audit: sampleAudit,
  upgrade: sampleUpgrade,
  addition: sampleAddition,
  fine: sampleFine,
} satisfies Record<string, () => Audit>

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')

/** The document without what is not made from the audit: styles, script and their hashes. */
const withoutAssets = (document: string) =>
  document
    .replace(style, '/* styles */')
    .replace(script, '/* script */')
    .replaceAll(/'sha256-[^']+'/g, "'sha256-…'")

describe.each(Object.entries(samples))('%s', (name, sample) => {
  // Made anew by `npx vitest run test/report/html --update`.
  it('reads as it did', async () => {
    const golden = new URL(`../../../fixtures/golden/html/${name}.golden`, import.meta.url)
    await expect(withoutAssets(documentOf(sample()))).toMatchFileSnapshot(fileURLToPath(golden))
  })

  it('is the same bytes for the same audit', () => {
    const audit = sample()
    const frozen = JSON.stringify(audit)
    expect(documentOf(audit)).toBe(documentOf(structuredClone(audit)))
    expect(JSON.stringify(audit)).toBe(frozen)
  })

  it('closes what it opens, and has each id once', () => {
    const document = withoutAssets(documentOf(sample()))
    const open: string[] = []
    for (const [, slash, tag, rest] of document.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(tag)
      else if (!['meta', 'rect'].includes(tag!) && !rest!.endsWith('/')) open.push(tag!)
    }
    expect(open).toEqual([])
    const ids = [...document.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, anchor] of document.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(anchor)
  })
})

describe('names that try what they can', () => {
  const document = documentOf(sampleAudit())

  it('stay text', () => {
    expect(document).not.toContain('<script>alert')
    expect(document.match(/<script\b/g)).toHaveLength(2)
    expect(document).not.toContain('<b>the stream ends</b>')
    expect(document).not.toContain('<pool>')
    expect(document).not.toContain('<KVM>')
    expect(document).toContain('says &lt;ops&gt; &quot;soon&quot;')
  })

  it('show controls, and what turns or hides text', () => {
    // The document's own line feeds are the only control characters, and nothing in it is invisible.
    expect(
      withoutAssets(document)
        .replaceAll('\n', '')
        .match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu),
    ).toBeNull()
    expect(dataOf(document).builds[1]!.hosts).toContain('xen\\u{202e}07')
  })

  it('are all in the data', () => {
    const images = dataOf(document).kernels.flatMap(kernel => kernel.images)
    expect(images).toEqual(expect.arrayContaining(NASTY_NAMES.map(visible)))
  })
})

describe('the network', () => {
  const document = documentOf(sampleAudit())

  it('is not asked for anything', () => {
    // Every address in the document is a place in the document.
    for (const [, url] of document.matchAll(/\s(?:src|href|action|data|poster|srcset)="([^"]*)"/g)) {
      expect(url).toMatch(/^#/)
    }
    expect(style).not.toMatch(/url\(|@import/i)
    expect(script).not.toMatch(
      /\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\b|\bimport\(/,
    )
    expect(document).not.toMatch(/<(?:link|iframe|img|object|embed|base|form)\b/)
  })

  it('is forbidden by a policy that names our script and styles and nothing else', () => {
    const policy = between(document, 'http-equiv="Content-Security-Policy" content="', '"')
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${sha256(between(document, '<script>', '</script>'))}'`,
      `style-src 'sha256-${sha256(between(document, '<style>', '</style>'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(withoutAssets(document)).not.toMatch(/\s(?:style|on\w+)=/)
  })
})

it('never reads data as HTML or code', () => {
  expect(script).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function/,
  )
})

it('is small: 500 images of 60 kernels on 800 hosts of 35 builds, and 500 kernels on 40 builds', () => {
  const bytes = (audit: Audit) => Buffer.byteLength(documentOf(audit))
  expect(
    bytes(fleetAudit({ kernels: 60, builds: 35, images: 500, hosts: 800, to: '4.17.2', placed: true })),
  ).toBeLessThan(500_000)
  expect(bytes(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))).toBeLessThan(1_000_000)
})

it('keeps causes beyond the first 20 folded', () => {
  const audit = sampleAudit()
  const causes = Array.from({ length: 25 }, (_, index) => ({
    ...audit.causes[0]!,
    reason: `Reason ${index}`,
  }))
  const document = documentOf({ ...audit, causes })
  expect(document).toContain('<summary>5 more causes</summary>')
  expect(document.match(/<li id="cause-\d+">/g)).toHaveLength(25)
})

it('makes a document of an audit in which there is nothing', () => {
  const fine = sampleFine()
  const document = documentOf({
    ...fine,
    kernels: [],
    builds: [],
    cells: [],
    verdicts: [],
    modes: ['pv-domU'],
  })
  expect(document).toContain('No kernel is refused, and none is in doubt.')
})
