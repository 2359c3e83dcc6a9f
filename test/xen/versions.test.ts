import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reasonText } from '../../src/xen/reason-text.ts'
import { compareVersions, releases, releasesOf } from '../../src/xen/releases.ts'
import { parseXenVersion } from '../../src/xen/version-string.ts'
import { ask } from './ask.ts'
import { bzImage, kernel } from './kernels.ts'

describe('releases', () => {
  test('there are 138, in order', () => {
    expect(releases).toHaveLength(138)
    releases.slice(1).forEach((release, index) => {
      expect(compareVersions(releases[index]!, release)).toBe(-1)
    })
  })

  test.each([
    ['3.4.0', '4.0.0'],
    ['4.1.6', '4.1.6.1'],
    ['4.1.6.1', '4.2.0'],
    ['4.9.4', '4.10.0'],
    ['4.2', '4.10'],
  ])('%s comes before %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(-1)
    expect(compareVersions(b, a)).toBe(1)
    expect(compareVersions(a, a)).toBe(0)
  })
})

describe('version strings', () => {
  test.each([
    ['4.18.0', 'release', ['4.18.0'], undefined],
    ['4.1.5', 'release', ['4.1.5'], undefined],
    ['4.1.6.1', 'release', ['4.1.6.1'], undefined],
    ['4.15-unstable', 'before', ['4.14.0', '4.15.0'], undefined],
    ['4.22-unstable', 'before', ['4.21.0', '4.22.0'], undefined],
    ['4.13.0-rc', 'before', ['4.12.0', '4.13.0'], undefined],
    ['4.13.0-rc3', 'before', ['4.12.0', '4.13.0'], undefined],
    ['4.15.3-pre-atg08', 'before', ['4.15.2', '4.15.3'], 'a vendor'],
    ['4.20.1_02-1', 'release', ['4.20.1'], 'SUSE'],
    ['4.4.4OVM', 'release', ['4.4.4'], 'Oracle VM'],
    ['4.4.1-xs90192', 'release', ['4.4.1'], 'XenServer'],
    ['4.4.1-xs100654', 'release', ['4.4.1'], 'XenServer'],
    ['4.17.5-13.xs8', 'release', ['4.17.5'], 'XenServer'],
    ['4.12.1-1.el7', 'release', ['4.12.1'], 'CentOS Virt SIG'],
    ['4.12.4.103.g71e9d0c94d-1.el7', 'release', ['4.12.4'], 'CentOS Virt SIG'],
    ['4.17.5-4.fc37', 'release', ['4.17.5'], 'Qubes OS'],
    ['4.17.2-1.fc38', 'release', ['4.17.2'], 'Fedora'],
    ['4.17.7+13-g2445b30a44-0+deb12u1', 'release', ['4.17.7'], 'Debian'],
    ['v4.17.3', 'release', ['4.17.3'], undefined],
    ['RELEASE-4.17.5', 'release', ['4.17.5'], undefined],
    ['xen-4.17.2-1.fc38', 'release', ['4.17.2'], 'Fedora'],
    ['4.17.3-1~bpo12+1', 'release', ['4.17.3'], 'Debian'],
    ['debian-12', 'product', releasesOf('4.17').slice(1), 'Debian'],
    ['SLES12SP5', 'product', releasesOf('4.12'), 'SUSE'],
    ['OVM 3.4.6', 'product', ['4.4.4'], 'Oracle VM'],
    ['Oracle VM Server for x86 3.4', 'product', ['4.4.4'], 'Oracle VM'],
    ['XCP-ng release 8.2.0 (xenenterprise)', 'product', ['4.13.1'], 'XCP-ng'],
    ['XCP-ng 8.2', 'product', ['4.13.1', '4.13.2', '4.13.3', '4.13.4', '4.13.5'], 'XCP-ng'],
    ['Citrix Hypervisor 8.1.0', 'product', ['4.13.0'], 'XenServer'],
    ['XenServer 6.5.0', 'product', ['4.4.1'], 'XenServer'],
    ['XCP-ng 77.1', 'unknown', [], undefined],
    ['3.1.2-412.el5', 'partly-known', ['3.1.0'], 'Red Hat'],
    ['3.4.3.amazon', 'partly-known', ['3.4.0'], 'Amazon'],
    ['4.2.amazon', 'series', releasesOf('4.2'), 'Amazon'],
    ['4.11.amazon', 'series', releasesOf('4.11'), 'Amazon'],
    ['4.11.2-pre (Debian 4.11.1+92-g6c33308a8d-2)', 'before', ['4.11.1', '4.11.2'], 'Debian'],
    ['4.17.2-pre (Debian 4.17.1+2-gb773c48e36-1)', 'before', ['4.17.1', '4.17.2'], 'Debian'],
    ['4.17.2+76-ge1f9cb16e2-1~deb12u1', 'after', ['4.17.2', '4.17.3'], 'Debian'],
    ['4.6.2', 'never-released', ['4.6.1', '4.6.3'], undefined],
    ['4.17', 'series', releasesOf('4.17'), undefined],
    ['3.1', 'partly-known', ['3.1.0'], undefined],
    ['4.23.0', 'newer', ['4.22.0'], undefined],
    ['4.17.9', 'newer', ['4.17.7'], undefined],
    ['3.0.3', 'before-libelf', [], undefined],
    ['9.9', 'unknown', [], undefined],
    ['Xen four', 'unknown', [], undefined],
  ] as const)('%s is %s', (text, kind, asked, vendor) => {
    const version = parseXenVersion(text)
    expect(version).toMatchObject({ text, kind, ask: asked })
    expect(version.vendor?.name).toBe(vendor)
    if (kind !== 'release' || vendor !== undefined) expect(version.remarks.length).toBeGreaterThan(0)
  })

  test('what cannot be read says what comes closest', () => {
    expect(parseXenVersion('9.9').remarks).toEqual([
      'There is no Xen 9.9: 3.1.0 to 4.22.0 are known, 4.22.0 comes closest',
    ])
    expect(parseXenVersion('').remarks[0]).toContain('expected one such as 4.17.2')
  })

  test('any text is understood or said to be unknown', () => {
    const word = fc.constantFrom(
      '4',
      '17',
      '.',
      '-',
      '_',
      '+',
      'pre',
      'rc',
      'unstable',
      'el7',
      '(',
      ')',
      ' ',
      'Debian',
      'xs1',
    )
    const near = fc.array(word, { maxLength: 12 }).map(words => words.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), text => {
        const version = parseXenVersion(text)
        expect(version.text).toBe(text)
        for (const release of version.ask) expect(releases).toContain(release)
        expect([...version.ask].sort(compareVersions)).toEqual(version.ask)
        if (version.ask.length === 0) expect(['unknown', 'before-libelf']).toContain(version.kind)
        if (version.kind !== 'release') expect(version.remarks.length).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('targets of more than one release', () => {
  const lz4 = bzImage(kernel(), 'lz4')

  test('a series that differs is uncertain, and the deciding release is named', () => {
    const verdict = ask(lz4, '4.11', 'pv-domU')
    expect(verdict).toMatchObject({ verdict: 'uncertain', code: 'releases-differ' })
    expect(reasonText(verdict.reason)).toBe(
      'It depends on the point release: 4.11.0 to 4.11.3 refuses it, 4.11.4 takes it',
    )
    expect(verdict.differ!.map(({ since }) => since)).toEqual(['4.11.0', '4.11.4'])
  })

  test('a series that agrees is answered, with what it rests on', () => {
    expect(ask(lz4, '4.14', 'pv-domU').verdict).toBe('accepts')
    const amazon = ask(kernel(), '4.11.amazon', 'pv-domU')
    expect(amazon.verdict).toBe('accepts')
    expect(amazon.assumptions.map(({ text }) => text).join()).toContain('Amazon')
  })

  test('a release before the one it names is uncertain where the two differ', () => {
    expect(ask(lz4, '4.11.4-pre', 'pv-domU').verdict).toBe('uncertain')
    expect(ask(lz4, '4.11.3-pre', 'pv-domU').verdict).toBe('refuses')
  })

  test('releases that are not known are uncertain', () => {
    expect(ask(lz4, '3.0.3', 'pv-domU')).toMatchObject({ verdict: 'uncertain', code: 'release-unknown' })
    expect(reasonText(ask(lz4, '9.9', 'pv-domU').reason)).toContain('There is no Xen 9.9')
  })

  test('a newer release is answered as the newest, marked so', () => {
    const verdict = ask(kernel(), '4.24.1', 'pv-domU')
    expect(verdict).toMatchObject({ verdict: 'accepts', releases: ['4.22.0'] })
    expect(verdict.assumptions[0]).toMatchObject({ code: 'target' })
  })
})
