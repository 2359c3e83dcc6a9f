/**
 * What is known of a vendor's builds, for people.
 * @module
 */
import type { PackageRange } from '../xen/vendors/package-version.ts'
import type { VendorDescription } from '../xen/vendors/vendor-data.ts'
import { fold } from './fit.ts'
import { WIDTH } from './text.ts'

const indented = (text: string, indent: number) =>
  fold(text, WIDTH - indent).map(line => ' '.repeat(indent) + line)

const rangeText = ({ since, before }: PackageRange) =>
  before === undefined ? `from ${since} on` : `from ${since} to before ${before}`

const UNREAD = 'No patches were read: a refusal that one back-port would turn is uncertain.'

/** One vendor: its products, what its packages differ in, and which of them were read. */
export const vendorText = ({ name, products, facts, read, remarks }: VendorDescription): string =>
  [
    name,
    ...(products.length > 0 ? ['  products and their packages of Xen'] : []),
    ...products.flatMap(product => indented(`${product.version}: ${rangeText(product)}`, 4)),
    ...facts.flatMap(fact => [
      ...indented(`${fact.gate} is ${fact.value} ${rangeText(fact)}`, 2),
      ...indented(fact.source, 6),
    ]),
    ...(read.length > 0
      ? indented('All patches were read of these packages: all else is as upstream', 2)
      : []),
    ...read.flatMap(range => [...indented(rangeText(range), 4), ...indented(range.source, 6)]),
    ...(read.length === 0 ? indented(UNREAD, 2) : []),
    ...remarks.flatMap(remark => indented(remark, 2)),
    '',
  ].join('\n')

/** Several vendors, one after the other. */
export const vendorsTable = (vendors: readonly VendorDescription[]): string =>
  vendors.map(vendorText).join('\n')
