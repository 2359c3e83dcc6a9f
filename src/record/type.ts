/**
 * The record of an image: what a scan writes of it, and what everything after the scan works on.
 * @module
 */
import type { Facts, ImageKind } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'

export interface ImageRecord {
  kind: ImageKind
  facts: Facts
  problem?: Problem
  /** `sha256:` and the digest of the whole file, where it was asked for. */
  digest?: string
}

/** A record and the address of its image. */
export interface AddressedRecord {
  image: string
  record: ImageRecord
}
