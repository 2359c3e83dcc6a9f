/** Tables for people keep within the columns of the terminal, whatever is in them. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { componentTable } from '../../src/report/component-table.ts'
import { columnsOf } from '../../src/report/fit.ts'
import { pathTraceTable } from '../../src/report/path-trace-table.ts'
import { changesTable, releaseTable, releasesTable } from '../../src/report/releases-table.ts'
import { TextSetter } from '../../src/report/text-setter.ts'
import {
  briefDifferenceTable,
  differenceTable,
  spansTable,
  traceTable,
} from '../../src/report/trace-table.ts'
import { vendorsTable } from '../../src/report/vendor-table.ts'
import { whyTable } from '../../src/report/why-table.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { parseBootPath } from '../../src/xen/boot-path/boot-path.ts'
import { tracePath } from '../../src/xen/boot-path/trace.ts'
import { describeComponent } from '../../src/xen/component-data.ts'
import { components } from '../../src/boot/components.ts'
import { bootModes, firstDifference, judgeSpans, releases, traceLoader } from '../../src/xen/mod.ts'
import { describeRelease, diffReleases, listReleases } from '../../src/xen/release-data.ts'
import { describedVendors, describeVendor } from '../../src/xen/vendors/vendor-data.ts'
import { findLoaderLines } from '../../src/xen/why.ts'

const setters = [40, 61, 80, 120].map(width => new TextSetter({ colour: false, width }))
/** A path as deep as catalogues have them, without a space. */
const image = `/srv/catalogue/${'linux-image-6.1.0-50-cloud-amd64-unsigned/'.repeat(3)}vmlinuz`

function expectFit(table: (setter: TextSetter) => string): void {
  for (const setter of setters) {
    expect(
      table(setter)
        .split('\n')
        .filter(line => columnsOf(line) > setter.width),
    ).toEqual([])
  }
}

const names = ['linux-3.13-pvh', 'linux-6.1-lz4', 'linux-6.12-zstd', 'freebsd-10', 'unikernel-pvh']
const kernels = names.map(name => {
  const bytes = readFileSync(new URL(`../../fixtures/catalogue/${name}`, import.meta.url))
  return readImage(createEngine('typescript'), new MemorySource(new Uint8Array(bytes))).facts
})

test('explain', () => {
  for (const facts of kernels) {
    for (const mode of bootModes) {
      const [a, b] = ['4.1.6.1', '4.17.4'].map(release => traceLoader(facts, release as '4.1.6.1', mode))
      expectFit(setter => traceTable(image, a!, setter))
      expectFit(setter => traceTable(image, b!, setter))
      const difference = firstDifference(a!, b!)
      expectFit(setter => differenceTable(a!, b!, difference, setter))
      expectFit(setter => briefDifferenceTable(image, [a!, b!], difference, setter))
      const spans = judgeSpans(facts, mode)
      expectFit(setter => spansTable(image, mode, spans, setter))
    }
    const boot = parseBootPath('pvgrub2@2.06')
    if (typeof boot !== 'string') expectFit(setter => pathTraceTable(image, tracePath(facts, boot), setter))
  }
})

test('a brief comparison has both verdicts, what to do, and where the walks part', () => {
  const [a, b] = ['4.1.6.1', '4.2.0'].map(release => traceLoader(kernels[0]!, release as '4.2.0', 'pv-domU'))
  const text = briefDifferenceTable('vmlinuz', [a!, b!], firstDifference(a!, b!), setters[2]!)
  expect(text).toMatch(/^vmlinuz on Xen 4\.1\.6\.1 as pv-domU\nrefuses \(unknown-feature\)$/m)
  expect(text).toMatch(/^vmlinuz on Xen 4\.2\.0 as pv-domU\naccepts$/m)
  expect(text).toMatch(/^They part in elf_xen_parse_features: feature hvm_callback_vector$/m)
  expect(text).toContain('do:  ')
})

test('releases', () => {
  expectFit(setter => releasesTable(listReleases(), setter))
  for (const release of ['3.1.0', '4.4.0', '4.22.0'] as const) {
    const described = { release, assumptions: [], gates: describeRelease(release) }
    expectFit(setter => releaseTable(described, setter))
  }
  const [from, to] = [releases[0]!, releases.at(-1)!]
  const compared = { from, to, assumptions: [], changes: diffReleases(from, to) }
  expectFit(setter => changesTable(compared, setter))
  for (const component of components) {
    const described = describeComponent(component)
    expectFit(setter => componentTable(described, setter))
  }
  const vendors = describedVendors.map(describeVendor)
  expectFit(setter => vendorsTable(vendors, setter))
})

test('why', () => {
  const line = `${'x'.repeat(90)} xc_dom_find_loader: no loader found`
  const found = findLoaderLines(`${line}\nxc_dom_parse_image failed`)
  expectFit(setter => whyTable(found, setter))
})
