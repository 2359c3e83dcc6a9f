/**
 * The record of an image: what a scan writes of it, and what everything after the scan works on.
 * @module
 */
import type { ContainerStep } from '../containers/container-step.ts'
import type { Facts, ImageKind } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'

export interface ImageRecord {
  kind: ImageKind
  facts: Facts
  problem?: Problem
  /** The layers of the container that the image is in, outermost first; absent for a file. */
  container?: readonly ContainerStep[]
  /** What is to be known of the state of those layers, a sentence each: a journal that was replayed, say. */
  remarks?: readonly string[]
  /** `sha256:` and the digest of the whole file, where it was asked for. */
  digest?: string
}

/** A record and the address of its image. */
export interface AddressedRecord {
  image: string
  record: ImageRecord
}

/** What a scan has written of an image: its record, and the verdicts where it was asked for some. */
export interface ScannedRecord extends AddressedRecord {
  verdicts?: readonly unknown[]
}
