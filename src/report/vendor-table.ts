/**
 * What is known of a vendor's builds, for people.
 * @module
 */
import type { PackageRange } from '../xen/vendors/package-version.ts'
import type { VendorDescription } from '../xen/vendors/vendor-data.ts'
import type { TextSetter } from './text-setter.ts'

const rangeText = ({ since, before }: PackageRange) =>
  before === undefined ? `from ${since} on` : `from ${since} to before ${before}`

const UNREAD = 'No patches were read: a refusal that one back-port would turn is uncertain.'

/** One vendor: its products, what its packages differ in, and which of them were read. */
const vendorText = (
  { name, products, facts, read, remarks }: VendorDescription,
  setter: TextSetter,
): string =>
  [
    name,
    ...(products.length > 0 ? ['  products and their packages of Xen'] : []),
    ...products.flatMap(product => setter.lines(`${product.version}: ${rangeText(product)}`, 4)),
    ...facts.flatMap(fact => [
      ...setter.lines(`${fact.gate} is ${fact.value} ${rangeText(fact)}`, 2),
      ...setter.lines(fact.source, 6),
    ]),
    ...(read.length > 0
      ? setter.lines('All patches were read of these packages: all else is as upstream', 2)
      : []),
    ...read.flatMap(range => [...setter.lines(rangeText(range), 4), ...setter.lines(range.source, 6)]),
    ...(read.length === 0 ? setter.lines(UNREAD, 2) : []),
    ...remarks.flatMap(remark => setter.lines(remark, 2)),
    '',
  ].join('\n')

/** Several vendors, one after the other. */
export const vendorsTable = (vendors: readonly VendorDescription[], setter: TextSetter): string =>
  vendors.map(vendor => vendorText(vendor, setter)).join('\n')
