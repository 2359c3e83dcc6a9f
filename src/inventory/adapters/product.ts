import { defined } from './adapter.ts'

/** Product and patch level from XAPI's software_version (xapi's xapi_globs.ml names the keys). */
export function productOf(get: (key: string) => string | undefined): {
  product?: string
  patchLevel?: string
} {
  const brand = get('product_brand') || get('platform_name')
  const version = get('product_version') || get('platform_version')
  return defined({
    product: [brand, version].filter(Boolean).join(' ') || undefined,
    patchLevel: get('build_number') || undefined,
  })
}
