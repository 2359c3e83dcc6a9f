/** The words of a verdict. */

import type { GateId } from './gates/gates.ts'
import type { Reason, VerdictWord } from './reason.ts'
import type { Release } from './releases.ts'

export type { VerdictWord } from './reason.ts'

/** Where in the release's own run the loader stops. */
export type Stage =
  | 'read'
  | 'parse'
  | 'guest-type'
  | 'bzimage_parse'
  | 'init'
  | 'elf_init'
  | 'elf_xen_parse'
  | 'check'

/** Why a loader does not take a kernel. Stable: reports and policies name these. */
export type CauseCode =
  | 'address-out-of-bounds'
  | 'big-endian'
  | 'bin-image-addresses'
  | 'bin-image-flags'
  | 'boot-path'
  | 'boot-protocol-too-old'
  | 'boot-undecided'
  | 'boots-another-kernel'
  | 'build-unknown'
  | 'bzimage-unsupported'
  | 'codec-unsupported'
  | 'compressed-file-unsupported'
  | 'decoder-not-built'
  | 'dictionary-too-large'
  | 'dom0-bit-missing'
  | 'dom0-only-kernel'
  | 'elf-table-outside'
  | 'guest-string-number'
  | 'guest-type-unsupported'
  | 'hv-start-too-high'
  | 'hvm-container-undecided'
  | 'hvm-firmware'
  | 'hvm-missing'
  | 'hypercall-page-outside'
  | 'image-unread'
  | 'initrd-missing'
  | 'kernel-missing'
  | 'kernel-too-large'
  | 'loader-not-supported'
  | 'lz4-decoder-broken'
  | 'machine-mismatch'
  | 'machine-unsupported'
  | 'memory-outside-image'
  | 'no-boot-configuration'
  | 'no-notes'
  | 'no-pae'
  | 'no-section-names'
  | 'not-a-kernel'
  | 'not-pvh'
  | 'nothing-to-boot'
  | 'output-overwrites-input'
  | 'p2m-inside-kernel'
  | 'paddr-offset-without-virt-base'
  | 'payload-outside-file'
  | 'payload-unknown'
  | 'pv-grub-crash'
  | 'pv-grub-on-request'
  | 'pv-not-built'
  | 'pv32-not-built'
  | 'pvh-bootloader-unsupported'
  | 'pvh-features-missing'
  | 'pygrub-default-by-title'
  | 'pygrub-file-too-large'
  | 'pygrub-finds-nothing'
  | 'pygrub-path-gone'
  | 'pygrub-python'
  | 'release-unknown'
  | 'releases-differ'
  | 'required-features'
  | 'size-word-wrong'
  | 'stream-broken'
  | 'stream-unsupported'
  | 'unknown-bootloader'
  | 'unknown-feature'
  | 'unknown-required-feature'
  | 'unpacked-only-in-part'
  | 'vendor-patch-unknown'
  | 'virt-base-unaligned'
  | 'xen-overlap'
  | 'xen-version'

/**
 * What a message is, where it is not an error line of the cause in the log: that no loader was found, what an earlier
 * loader logged, the panic itself; or what the check of the guest type says, before which these releases fail for want
 * of page-table code (`log` has the lines of that).
 */
export type MessageOf = 'search' | 'earlier-loader' | 'panic' | 'check'

/** Why a model stops, before it is known which boot mode asked. */
export interface Stop {
  verdict: 'refuses' | 'uncertain'
  code: CauseCode
  /** The last error line in the log, absent where the release is silent. */
  message?: string
  messageOf?: MessageOf
  /** What a verbose Xen prints last before it, where it says nothing of the cause itself. */
  detail?: string
  reason: Reason
  /** The gates that decided. */
  gates: readonly GateId[]
}

/** On what a verdict rests that the release alone does not say. */
export type AssumptionCode =
  | 'autotranslate-refused-later'
  | 'decoder-library'
  | 'hvm-default-on'
  | 'notes-packed'
  | 'placement-not-asked'
  | 'pv-default-on'
  | 'pv32-boot-option'
  | 'pv32-default-off'
  | 'pv32-default-on'
  | 'pvh-v1'
  | 'pvh-v2'
  | 'stream-not-verified'

/** An error line of the log. */
export interface LoggedLine {
  text: string
  /** It is logged of kernels that another loader then takes, too: it means nothing. */
  noise?: true
}

/** What one release answers. */
export interface Answer {
  /** The error lines that were logged, `message` apart unless it is one of them. */
  logged?: readonly LoggedLine[]
  verdict: VerdictWord
  stage?: Stage
  code?: CauseCode
  /**
   * Exactly the line in the log, but for `messageOf: 'check'`; absent where the release is silent, or where the model does
   * not know its words.
   */
  message?: string
  messageOf?: MessageOf
  reason: Reason
  /** The loader that took or refused it, as the toolstack names it. */
  loader?: string
  /** The guest type, as the toolstack names it. */
  guestType?: string
  /** The gates that decided. */
  gates: readonly GateId[]
  assumptions: readonly AssumptionCode[]
}

/** Neighbouring releases with the same verdict, both ends inclusive. */
export interface AnswerSpan extends Answer {
  since: Release
  until: Release
}

/** What an answer has only where there is something to say. */
type Details = Pick<Answer, 'stage' | 'code' | 'message' | 'messageOf' | 'loader' | 'guestType'>

/** Adds them one by one: a spread takes several times as long, and a fleet has millions of answers. */
export function addDetails<T extends Details & Pick<Answer, 'logged'>>(
  answer: T,
  { stage, code, message, messageOf, loader, guestType }: Readonly<Details>,
  logged: Answer['logged'],
): T {
  if (stage !== undefined) answer.stage = stage
  if (code !== undefined) answer.code = code
  if (message !== undefined) answer.message = message
  if (messageOf !== undefined) answer.messageOf = messageOf
  if (loader !== undefined) answer.loader = loader
  if (guestType !== undefined) answer.guestType = guestType
  if (logged !== undefined) answer.logged = logged
  return answer
}
