import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TextSetter } from '../../../src/report/text-setter.ts'
import { vendorsTable } from '../../../src/report/vendor-table.ts'
import type { Gate } from '../../../src/xen/gates/gate.ts'
import { gateIds, gates } from '../../../src/xen/gates/gates.ts'
import { compareVersions, releases } from '../../../src/xen/releases.ts'
import { comparePackageVersions, onePackage, overlap } from '../../../src/xen/vendors/package-version.ts'
import { readProduct } from '../../../src/xen/vendors/products.ts'
import { describedVendors, describeVendor } from '../../../src/xen/vendors/vendor-data.ts'
import { vendorOptions, vendorTable } from '../../../src/xen/vendors/vendor-options.ts'
import { judge, resolveTarget } from '../../../src/xen/mod.ts'
import { parseXenVersion } from '../../../src/xen/version-string.ts'
import { readCommandLine } from '../../../src/xen/command-line.ts'
import { reasonText } from '../../../src/xen/reason-text.ts'
import { remedyText } from '../../../src/xen/remedies/remedy-text.ts'
import { bzImage, kernel } from '../kernels.ts'

describe('versions of packages', () => {
  test.each([
    ['4.17.5+23-ga4e5191dc0-1', '4.17.5+23-ga4e5191dc0-1+deb12u1'],
    ['4.17.5+23-ga4e5191dc0-1+deb12u1', '4.17.5+72-g01140da4e8-1'],
    ['4.17.3+10-g091466ba55-1~deb12u1', '4.17.3+10-g091466ba55-1'],
    ['4.17.0~rc4-1~exp1', '4.17.0-1'],
    ['4.8.5-3', '4.8.5-43'],
    ['4.13.5-9.49', '4.13.5-10.40.xs8'],
    ['4.9.0', '4.10.0'],
    ['4.17', '4.17.0-3.fc37'],
  ])('%s comes before %s', (a, b) => {
    expect(comparePackageVersions(a, b)).toBe(-1)
    expect(comparePackageVersions(b, a)).toBe(1)
  })

  test('are in one order, whatever they are', () => {
    const part = fc.constantFrom('4', '17', '.', '-', '+', '~', 'g', 'deb', 'fc', '05')
    const version = fc.array(part, { maxLength: 8 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(comparePackageVersions(a, a)).toBe(0)
        expect(comparePackageVersions(a, b)).toBe(-comparePackageVersions(b, a) + 0)
        if (comparePackageVersions(a, b) <= 0 && comparePackageVersions(b, c) <= 0) {
          expect(comparePackageVersions(a, c)).toBeLessThanOrEqual(0)
        }
      }),
    )
  })

  test('lie in ranges, or in part', () => {
    const range = { since: '4.17.5-4', before: '4.18' }
    expect(overlap(onePackage('4.17.5-4'), range)).toBe('all')
    expect(overlap(onePackage('4.17.5-3'), range)).toBe('none')
    expect(overlap(onePackage('4.18'), range)).toBe('none')
    expect(overlap({ since: '4.17.5', before: '4.17.6~' }, range)).toBe('some')
    expect(overlap({ since: '4.17.6', before: '4.17.7~' }, range)).toBe('all')
    expect(overlap({ since: '4.17.6' }, range)).toBe('some')
    expect(overlap({ since: '4.18', before: '4.19' }, range)).toBe('none')
  })
})

const factsOf = (version: string, origin = {}) => {
  const { vendor } = parseXenVersion(version, origin)
  return { vendor: vendor!.vendor, ...vendorOptions(vendor!) }
}

describe('what vendors ship', () => {
  test('names gates that there are, with values that they have, and a source', () => {
    for (const { vendors, facts, read } of vendorTable) {
      expect(vendors.length).toBeGreaterThan(0)
      for (const { gate, value, source } of facts) {
        expect(source).not.toBe('')
        if (gate.startsWith('build.')) continue
        expect(gateIds).toContain(gate)
        const { spans, elsewhere = [] }: Gate<unknown> = gates[gate as keyof typeof gates]
        expect([...spans.map(([, worth]) => worth), ...elsewhere]).toContain(value)
      }
      for (const { since } of read)
        expect(releases.some(release => compareVersions(release, /^[\d.]+/.exec(since)![0]) >= 0)).toBe(true)
    }
  })

  test('what only some of the packages refuse is uncertain, with what to find out', () => {
    const facts = kernel({ bits: 32 })
    const judged = judge(facts, resolveTarget('XCP-ng 8.2'), 'pv-domU')
    expect(judged).toMatchObject({ verdict: 'uncertain', code: 'vendor-patch-unknown' })
    expect(reasonText(judged.reason)).toMatch(/^Xen 4\.13\.1 takes it, and some of the packages of XCP-ng/)
    expect(judged.remedies[0]!.text).toMatch(/^Say which package of Xen it is/)
    expect(judge(facts, resolveTarget('XCP-ng 8.2.0'), 'pv-domU').verdict).toBe('accepts')
    expect(judge(kernel(), resolveTarget('XCP-ng 8.2'), 'pv-domU').verdict).toBe('accepts')
  })

  test('of a series whose packages are not known, what a later series has is not taken for it', () => {
    const target = resolveTarget('4.11', { origin: { builtBy: 'pkg-xen-devel@lists.alioth.debian.org' } })
    expect(judge(kernel({ bits: 32 }), target, 'pv-domU').verdict).toBe('accepts')
  })

  test('XCP-ng 8.2.1 has 32-bit PV guests where its command line says so', () => {
    const on = (commandline?: string) =>
      judge(
        kernel({ bits: 32 }),
        resolveTarget(
          '4.13.5-9.49.1.xcpng8.2',
          commandline === undefined ? {} : { commandLine: readCommandLine(commandline) },
        ),
        'pv-domU',
      )
    expect(on('dom0_mem=4G pv=32').verdict).toBe('accepts')
    for (const refusal of [on(), on('dom0_mem=4G'), on('pv=no-32')]) {
      expect(refusal).toMatchObject({ verdict: 'refuses', code: 'pv32-not-built' })
    }
    const texts = on().remedies.map(remedyText)
    expect(texts.join()).toContain('Boot Xen with pv=32')
    expect(texts.join()).not.toContain('CONFIG_PV32')
  })

  test('the liblzma of Debian 11 takes no lzma stream with its size and an end marker', () => {
    const facts = bzImage(kernel(), 'lzma', { endMarker: true })
    const verdictOn = (version: string) => judge(facts, resolveTarget(version), 'pv-domU')
    expect(verdictOn('4.14.6 (Debian 4.14.6-1)')).toMatchObject({
      verdict: 'refuses',
      code: 'stream-unsupported',
      log: {
        lines: expect.arrayContaining(['xc_dom_probe_bzimage_kernel unable to LZMA decompress kernel']),
      },
    })
    expect(verdictOn('4.17.5 (Debian 4.17.5+72-g01140da4e8-1)').verdict).toBe('accepts')
  })

  test('Debian takes 256 MiB of xz from the package on that picked the commit', () => {
    const before = factsOf('4.17.5+23-ga4e5191dc0-1')
    expect(before).toMatchObject({ vendor: 'debian', read: true })
    expect(before.options.gates).toBeUndefined()
    for (const version of [
      '4.17.5+23-ga4e5191dc0-1+deb12u1',
      '4.17.5 (Debian 4.17.5+23-ga4e5191dc0-1+deb12u1)',
      '4.17.7+13-g2445b30a44-0+deb12u1',
      '4.19.1-1+deb13u1',
    ]) {
      expect(factsOf(version).options.gates).toEqual({ 'xz-memory-limit': 256 })
    }
    expect(factsOf('4.17.7+13-g2445b30a44-0+deb12u1').options.build).toMatchObject({
      pv32: false,
      decoders: { xz: true, zstd: true, bzip2: false, lzo: false },
    })
  })

  test('a package that may be before or after is neither', () => {
    const { facts, perhaps, read } = factsOf('4.17.5', { builtBy: 'pkg-xen-devel@lists.alioth.debian.org' })
    expect(facts.map(({ gate }) => gate)).not.toContain('xz-memory-limit')
    expect(perhaps.map(({ gate }) => gate)).toEqual(['xz-memory-limit'])
    expect(read).toBe(true)
  })

  test('Qubes has no 32-bit PV guests from 4.14 on, and no lzo ever', () => {
    expect(factsOf('4.17.5-4.fc37').options).toEqual({
      build: {
        pv: true,
        pv32: false,
        pvh: true,
        decoders: { bzip2: true, lzma: true, xz: true, lzo: false, zstd: true },
      },
      gates: { 'xz-memory-limit': 256 },
    })
    expect(factsOf('4.8.5-3.fc25').options.gates).toEqual({
      'hvm-container-pv-kernel': 'refuses',
      'phys32-entry-bypass': 'any',
    })
    expect(factsOf('4.8.5-2.fc25').options.gates).toEqual({ 'hvm-container-pv-kernel': 'refuses' })
  })

  test('XenServer 8 and XCP-ng 8.3 have none either', () => {
    const origin = { product: 'XCP-ng 8.3.0' }
    expect(factsOf('4.17.5-13', origin).options.build).toMatchObject({ pv32: false })
    expect(factsOf('4.17.5-13.xs8').options.build).toMatchObject({ pv32: false })
    expect(factsOf('4.13.5-10.40.xs8').options.gates).toMatchObject({ pv32: 'boot-option' })
    const switchedOff = factsOf('4.13.5-9.49', { product: 'XCP-ng 8.2.1' })
    expect(switchedOff.options.build).not.toHaveProperty('pv32')
    expect(switchedOff.options.gates).toMatchObject({ pv32: 'boot-option' })
    expect(factsOf('4.13.1-9.4', { product: 'XCP-ng 8.2.0' }).options.gates).toBeUndefined()
  })

  test('XenServer 7.1 got a working lz4 decoder, 7.6 did not', () => {
    const origin = { product: 'XenServer 7.1' }
    expect(factsOf('4.7.6-1.43', origin).options.gates).toEqual({ 'lz4-decoder': 'works' })
    expect(factsOf('4.7.6-1.42', origin).options.gates).toBeUndefined()
    expect(factsOf('4.7.6-6.9', { product: 'XCP-ng 7.6' }).options.gates).toBeUndefined()
  })

  test('Fedora took zstd, and bzImages before, from later releases', () => {
    expect(factsOf('4.14.1-4.fc34').options.gates).toEqual({
      'zstd-hypervisor': 'built-in',
      'zstd-toolstack': 'library',
    })
    expect(factsOf('4.14.0-10.fc33')).toMatchObject({ read: true, options: {} })
    expect(factsOf('3.3.1-3.fc11').options.gates).toEqual({
      'bzimage-hypervisor': 'loaded',
      'gzip-hypervisor': 'built-in',
    })
    expect(factsOf('4.17.2-1.fc38').options.build).toMatchObject({ decoders: { zstd: true, lzo: false } })
  })

  test('are described, all of them, with a source or a remark', () => {
    expect(describedVendors).toContain('oracle')
    for (const vendor of describedVendors) {
      const { name, facts, read, remarks } = describeVendor(vendor)
      expect(name).not.toBe('')
      expect(facts.length + read.length + remarks.length, vendor).toBeGreaterThan(0)
      expect(vendorsTable([describeVendor(vendor)], new TextSetter({ colour: false, width: 80 }))).toContain(
        name,
      )
    }
  })

  test('of other vendors nothing is known, and that is said', () => {
    for (const version of ['4.4.4OVM', '3.4.3.amazon', '4.19.1_02-1', '3.1.2-412.el5', '4.15.3-pre-atg08']) {
      const { facts, read } = factsOf(version)
      expect([facts, read]).toEqual([[], false])
      expect(parseXenVersion(version).remarks.at(-1)).toContain('with patches of its own')
    }
  })
})

describe('products', () => {
  test.each([
    ['XCP-ng release 8.2.0 (xenenterprise)', 'XCP-ng 8.2.0', '4.13.1-9'],
    ['XCP-ng 8.2', 'XCP-ng 8.2', '4.13.1-9'],
    ['xcp-ng 8.2.1', 'XCP-ng 8.2.1', '4.13.4-9.17'],
    ['Citrix Hypervisor 8.1.0', 'Citrix Hypervisor 8.1.0', '4.13.0-8'],
    ['Citrix XenServer 7.1', 'XenServer 7.1', '4.7.1'],
    ['XenServer 8', 'XenServer 8', '4.17.3-1'],
    ['XenServer 8.4.0', 'XenServer 8.4.0', '4.17.3-1'],
  ])('%s is %s', (text, name, since) => {
    expect(readProduct(text)).toMatchObject({ name, packages: { since } })
  })

  test('of another version, or of no product, are not guessed', () => {
    expect(readProduct('XCP-ng 9.0')).not.toHaveProperty('packages')
    expect(parseXenVersion('XCP-ng 9.0')).toMatchObject({ kind: 'unknown', ask: [] })
    expect(parseXenVersion('XCP-ng 9.0').remarks[0]).toContain('Cannot tell which Xen came with XCP-ng 9.0')
    expect(readProduct('Xen 4.17.2')).toBeUndefined()
    expect(readProduct('KVM 8.2')).toBeUndefined()
  })

  test('are read in no time, and never throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3000 }), text => {
        const product = readProduct(text)
        if (product !== undefined)
          expect(parseXenVersion(text).ask.length > 0).toBe(product.packages !== undefined)
      }),
    )
  })
})
