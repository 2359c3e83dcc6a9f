/** Small catalogues and fleets, judged by a stand-in for the loader models. */

import { type AuditInput, audit } from '../../src/findings/audit.ts'
import type { AuditJudge } from '../../src/findings/audit-judge.ts'
import type { CatalogueImage } from '../../src/findings/kernels.ts'
import type { Audit, FullVerdict } from '../../src/findings/model.ts'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { remedy } from '../../src/xen/remedies/remedy.ts'
import type { VerdictWord } from '../../src/xen/verdict.ts'

/** Kernels are told apart by their size: a kernel of size n starts on versions from n on, up to n + 10. */
export const image = (path: string, size: number, added = false): CatalogueImage => ({
  image: path,
  record: { kind: 'elf', facts: { version: 1, size, kind: 'elf', layers: [] } },
  added,
})

export const word = (verdict: VerdictWord, more: Partial<FullVerdict> = {}): FullVerdict => ({
  verdict,
  ...(verdict === 'refuses' && { code: 'unknown-feature' as const }),
  ...(verdict === 'uncertain' && { code: 'releases-differ' as const }),
  reason: verdict,
  remedies: verdict === 'refuses' ? [remedy('image', 'use another kernel')] : [],
  assumptions: [],
  evidence: [],
  ...more,
})

const minor = (version: string) => Number(version.split('.')[1])

export const judge: AuditJudge = {
  verdict: ({ size }, version) =>
    word(
      size === 99
        ? 'uncertain'
        : minor(version) >= size && minor(version) < size + 10
          ? 'accepts'
          : 'refuses',
    ),
  cure: ({ size }, version) => (minor(version) < size ? { since: `4.${size}.0` } : undefined),
  laterRefusal: ({ size }, version) =>
    minor(version) >= size && minor(version) < size + 10 ? `4.${size + 10}.0` : undefined,
}

export const FLEET = `
hosts:
  - {name: old1, xen: 4.1.6}
  - {name: old2, xen: 4.1.6}
  - {name: mid, xen: 4.5.0, pool: p}
  - {name: new, xen: 4.9.0}
`

export const run = (images: CatalogueImage[], more: Partial<AuditInput> = {}, fleet = FLEET): Audit =>
  audit({
    images,
    inventory: parseInventory(fleet, 'fleet.yaml'),
    files: ['fleet.yaml'],
    modes: ['pv-domU'],
    judge,
    tool: 'test',
    created: '2026-01-01T00:00:00.000Z',
    ...more,
  })
