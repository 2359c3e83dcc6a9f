/**
 * Why a loader does what it does, as a code and its arguments. The words are made in reason-text.ts, where a report is
 * written; nothing reads the words back.
 * @module
 */
import type { Codec, Hex } from '../facts/facts.ts'
import type { GuestKind, Role } from './boot-mode.ts'
import type { Side } from './gates/gate.ts'
import type { Release } from './releases.ts'

/** What an old loader reads or writes without comparing it with the image's size. */
export type UncheckedRead =
  | 'compressed-source'
  | 'elf-header'
  | 'guest-string'
  | 'gzip-distance'
  | 'gzip-size'
  | 'lzma-corrupt'
  | 'note'
  | 'note-value'
  | 'notes'
  | 'payload'
  | 'payload-end'
  | 'payload-size-word'
  | 'lz4-input'
  | 'lzo-input'
  | 'bzip2-input'
  | 'headroom'
  | 'segment'
  | 'segment-shrinks'
  | 'symbols'
  | 'tiny-file'

/** What decides, and lies beyond what was read of the image. */
export type UnreadPart = 'guest-string' | 'note-text' | 'notes' | 'program-headers' | 'section-headers'

export type VerdictWord =
  /** The loader takes the kernel. */
  | 'accepts'
  | 'refuses'
  /** What the release does is not defined, or not known: see `reason`. */
  | 'uncertain'
  /** The release does not have this boot mode. */
  | 'unavailable'
  /** The kernel is not loaded by Xen, nor by a loader whose rules are known here. */
  | 'not-asked'

/** Neighbouring releases with one verdict. */
export interface VerdictRun {
  since: Release
  until: Release
  verdict: VerdictWord
}

type None = Record<never, never>
interface Range {
  start: Hex
  end: Hex
}

/** Every reason with its arguments. Sizes are in bytes. */
export interface ReasonArgs {
  'bare-codec-unsupported': { codec: Codec }
  'big-endian': None
  'bin-image-address': { field: string }
  'bin-image-flags': { flags: Hex }
  'boot-protocol-too-old': None
  'bzimage-unsupported': { side: Side }
  'callback-vector-missing': None
  'bzip2-many-codes': None
  'codec-unsupported': { side: Side; codec: Codec; form?: 'frame' | 'old-magic' }
  'compressed-elf-unsupported': None
  'decoder-goes-on': { codec: Codec; problem: string }
  'decoder-not-built': { codec: Codec }
  'decoder-unknown': { codec: Codec }
  'dictionary-too-large': { codec: Codec; mebibytes: number; limit: number }
  'dom0-bit-missing': None
  /** The command line starts dom0 as the other kind of guest. */
  'dom0-kind': { guest: GuestKind }
  'dom0-only-kernel': None
  'dom0-taken': Range
  /** The decoder waits for the end of the stream. */
  'endless-bzip2': None
  'elf-table-outside': { table: 'program' | 'section'; end: Hex; size: Hex }
  'empty-file': None
  'entry-outside': Range & { entry: Hex }
  /** Releases that look at the guest type only when they build the domain. */
  'fails-when-built': { cause: Reason; text: string }
  'file-too-large': None
  'firmware-not-32-bit': { cause: Reason }
  'flat-image-taken': { type: string }
  'guest-type-not-offered': { type: string }
  'guest-type-unknown': None
  'gzip-file-size-limit': None
  'gzip-file-wrong': { problem?: string }
  'gzip-flags': { flags: Hex }
  'gzip-no-distances': None
  'gzip-payload-too-large': None
  'hv-start-too-high': { start: Hex; limit: Hex }
  'hvm-missing': None
  'hypercall-page-outside': Range & { page: Hex }
  'foreign-kernel': { problem: string }
  'image-unread': { problem: string }
  'kernel-below-virt-base': { start: Hex; base: Hex }
  'kernel-end-before-start': Range
  'kernel-too-large': Range
  'loader-not-supported': { loader: string; os: string }
  'lz4-blocks-end': None
  'lz4-decoder-broken': None
  'machine-mismatch': { class: number; machine: number }
  'machine-unsupported': { machine: number }
  'memory-outside-image': { what: UncheckedRead; at?: Hex }
  'no-notes': None
  'no-pae-domU': None
  'no-pae-dom0': None
  'no-phys32-entry': None
  'no-pvh': { role: Role }
  'no-section-names': None
  'no-size-word': None
  'not-a-kernel': None
  'not-elf': None
  /** Releases before XSA-55 walk back over the notes. */
  'note-sizes-negative': None
  'p2m-inside-kernel': Range & { base: Hex }
  'paddr-offset-without-virt-base': None
  'part-unread': { what: UnreadPart; at?: Hex }
  /** A fault that explains what a loader says. */
  'payload-damaged': { codec: Codec; problem: string; cause: Reason }
  'payload-outside-file': { start: number; end: number; size: number; cause?: Reason }
  'payload-size-wrong': { codec: Codec; says?: number; unpacked?: number }
  'payload-too-large': None
  'payload-unknown': None
  'pv-not-built': None
  'pv-type-in-hvm-container': None
  'pv32-needs-boot-option': None
  'pv32-not-built': None
  'pv32-off-at-run-time': None
  'pv32-off-by-default': None
  'pvh-dom0-taken': { entry: Hex }
  'pvh-v1-64-bit-only': None
  'pvh-v1-features-missing': { names: readonly string[] }
  'release-unknown': { remark?: string }
  'releases-differ': { runs: readonly VerdictRun[] }
  'required-features': None
  'size-word-wrong': { says: number; unpacked: number }
  'started-as-firmware': { cause: Reason }
  'lzma-end-marker': None
  'lzo-checksums': { flags: Hex }
  'lzo-long-block': { at: Hex }
  'lzo-stored-block': None
  'xz-filters': { names: readonly string[] }
  'supervisor-mode': None
  'stream-broken': { codec: Codec; problem: string }
  taken: Range & { type: string }
  'unknown-optional-feature': { name: string }
  'unknown-required-feature': { name: string }
  'unpacked-only-in-part': { codec: Codec; problem: string }
  'unpacks-to-bzimage': None
  /** The commits, or where none is known, the release that brought the change. */
  'vendor-packages-differ': { release: Release; refusal: Reason; vendor: string }
  'vendor-patch-unknown': {
    release: Release
    refusal: Reason
    vendor: string
    gate: string
    commits: readonly string[]
    since: Release
  }
  'xen-overlap': Range
  'xen-version': { version: string }
  'xz-check-unknown': { check: string }
  'zstd-gap': None
  'zstd-literal-pairs': { problem: string }
}

export type ReasonCode = keyof ReasonArgs

export type Reason = { [K in ReasonCode]: { code: K; args: ReasonArgs[K] } }[ReasonCode]

type Given<K extends ReasonCode> = None extends ReasonArgs[K] ? [args?: ReasonArgs[K]] : [args: ReasonArgs[K]]

export function because<K extends ReasonCode>(code: K, ...[args]: Given<K>): Reason {
  return { code, args: args ?? {} } as Reason
}
