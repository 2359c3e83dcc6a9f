/**
 * What is known of vendors' builds, as plain data.
 * @module
 */
import { knownPackages } from './products.ts'
import { type ReadPackages, VENDOR_NAMES, type VendorFact, type VendorId } from './vendor.ts'
import { vendorTable } from './vendor-options.ts'

export interface VendorDescription {
  vendor: VendorId
  /** What people call the vendor. */
  name: string
  /** The vendor's products, and the packages of Xen that came with each. */
  products: { version: string; since: string; before?: string }[]
  /** What its packages differ in from the releases that they are made of. */
  facts: readonly VendorFact[]
  /** Packages whose patches were all read: beyond the facts they behave as their release does. */
  read: readonly ReadPackages[]
  /** What there is to know where there is no such data. */
  remarks: string[]
}

/** The vendors of which something can be said. */
export const describedVendors: readonly VendorId[] = [
  ...new Set(vendorTable.flatMap(({ vendors }) => vendors)),
].sort()

/** All that is known of a vendor's packages; empty lists where nothing is. */
export function describeVendor(vendor: VendorId): VendorDescription {
  const data = vendorTable.filter(({ vendors }) => vendors.includes(vendor))
  return {
    vendor,
    name: VENDOR_NAMES[vendor],
    products: knownPackages(vendor),
    facts: data.flatMap(({ facts }) => facts),
    read: data.flatMap(({ read }) => read),
    remarks: data.flatMap(({ remark }) => remark ?? []),
  }
}
