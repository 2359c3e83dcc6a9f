/**
 * What becomes of a kernel by a boot path whose loader is not the host's toolstack.
 * @module
 */
import type { Facts } from '../../facts/facts.ts'
import { componentSpans } from '../component.ts'
import { type GrubArch, grubArchs } from '../grub/answer.ts'
import { GrubSubject, grubSpans } from '../grub/judge.ts'
import { askPvhGrub, pvhgrub } from '../grub/pvhgrub.ts'
import { grubReasonText } from '../grub/reason.ts'
import type { CauseCode, VerdictWord } from '../verdict.ts'
import { type BootPath, type BootPathName, formatBootPath, VERSIONED } from './boot-path.ts'
import { askPvGrub, type PvGrubArch, pvGrub, pvGrubArchs } from './pv-grub.ts'

/** `not-asked`: the kernel is not loaded by Xen, nor by a loader whose rules are known here. */
export type LoaderVerdict = VerdictWord

/** What the versions of a loader say, both ends inclusive. */
export interface LoaderSpan {
  boot: BootPathName
  /** The build of the loader, where it has several. */
  arch?: GrubArch | PvGrubArch
  since?: string
  until?: string
  verdict: LoaderVerdict
  stage?: string
  code?: CauseCode
  /** The loader's error; `%s` stands for the name of the kernel's file. */
  message?: string
  reason: string
  assumptions?: readonly string[]
}

const ASSUMPTIONS: Readonly<Record<string, string>> = {
  'grub-modules': "GRUB's image has the module that unpacks this codec (gzio, xzio, lzopio, zstdio)",
  'grub-memory': 'The domain has the memory that the kernel asks for where it is linked',
  'stream-not-verified': 'The rest of the payload is sound: it was unpacked only as far as the notes',
  'gzip-size-unknown':
    'This GRUB takes the checksum of the gzip stream for its size: the kernel starts where that number is not smaller',
}

const FIRMWARE: Readonly<Partial<Record<BootPathName, string>>> = {
  ovmf: 'OVMF boots the disk as UEFI does: the EFI loader and stub of the guest decide, and no Xen note is read',
  hvm: "The guest's own firmware boots the disk: no loader of Xen is asked, and no Xen note is read",
}

/** What all versions of a path's loader say; one version where the path names it. Not for `direct` and `pygrub`. */
export function askBootPath(facts: Facts, boot: BootPath): LoaderSpan[] {
  const spans = spansOf(facts, boot.path)
  return boot.version === undefined ? spans : spans.flatMap(span => clip(span, boot))
}

function spansOf(facts: Facts, path: BootPathName): LoaderSpan[] {
  switch (path) {
    case 'pvgrub2': {
      const subject = new GrubSubject(facts)
      return grubArchs.flatMap(arch =>
        grubSpans(subject, arch).map(({ gates: _, assumptions, reason, ...span }) => ({
          boot: path,
          ...span,
          reason: grubReasonText(reason),
          ...(assumptions.length > 0 && { assumptions: assumptions.map(code => ASSUMPTIONS[code]!) }),
        })),
      )
    }
    case 'pv-grub':
      return pvGrubArchs.flatMap(arch =>
        componentSpans(pvGrub, ask => askPvGrub(ask, facts, arch), sameAnswer).map(
          ({ since, until, verdict, stage, code, message, reason }) => ({
            boot: path,
            arch,
            since,
            until,
            verdict,
            ...(stage !== undefined && { stage }),
            ...(code !== undefined && { code }),
            ...(message !== undefined && { message }),
            reason,
          }),
        ),
      )
    case 'pvhgrub': {
      const { gates: _, reason, ...answer } = askPvhGrub(facts)
      const [since, until] = [pvhgrub.versions[0]!, pvhgrub.versions.at(-1)!]
      return [{ boot: path, since, until, ...answer, reason: grubReasonText(reason) }]
    }
    default:
      return [
        {
          boot: path,
          verdict: 'not-asked',
          reason:
            FIRMWARE[path] ?? `The toolstack of the host loads the kernel of a guest that boots by ${path}`,
        },
      ]
  }
}

const sameAnswer = (a: Omit<LoaderSpan, 'boot'>, b: Omit<LoaderSpan, 'boot'>) =>
  a.verdict === b.verdict && a.stage === b.stage && a.code === b.code && a.message === b.message

/** A span of one version only, where that is in it. */
function clip(span: LoaderSpan, { path, version }: BootPath): LoaderSpan[] {
  if (span.since === undefined || version === undefined) return [span]
  const { versions } = VERSIONED[path as keyof typeof VERSIONED]
  const at = versions.indexOf(version)
  const inside = versions.indexOf(span.since) <= at && at <= versions.indexOf(span.until!)
  return inside ? [{ ...span, since: version, until: version }] : []
}

/** Versions that were never released for use: they count where one is named. */
const isPreview = (version: string) => /beta|rc/.test(version)

/** What a guest that boots so can expect: one answer, whatever builds of the loader there are. */
export interface LoaderOutcome extends LoaderSpan {
  /** Where the versions that may be in use differ: what each says. */
  differ?: LoaderSpan[]
}

/**
 * One answer for a path: of its version, or of all versions in use where that is not known. Of two builds, the one that
 * fits the kernel counts.
 */
export function loaderOutcome(facts: Facts, boot: BootPath): LoaderOutcome {
  const spans = askBootPath(facts, boot)
  const archs = [...new Set(spans.map(({ arch }) => arch))]
  const fitting =
    archs.find(arch => spans.some(span => span.arch === arch && span.code !== 'machine-mismatch')) ?? archs[0]
  const own = spans.filter(
    ({ arch, until }) =>
      arch === fitting && !(boot.version === undefined && until !== undefined && isPreview(until)),
  )
  const [first] = own
  if (own.every(({ verdict }) => verdict === first!.verdict)) {
    const same = own.every(span => sameAnswer(first!, span))
    return same
      ? { ...first!, ...(own.at(-1)!.until !== undefined && { until: own.at(-1)!.until! }) }
      : own.at(-1)!
  }
  const says = own.map(
    ({ since, until, verdict, message }) =>
      `${since === until ? since : `${since} to ${until}`} ${WORDS[verdict]}${message === undefined ? '' : ` ("${message}")`}`,
  )
  return {
    boot: boot.path,
    ...(fitting !== undefined && { arch: fitting }),
    verdict: 'uncertain',
    code: 'releases-differ',
    reason: `It depends on the version of ${formatBootPath(boot)}: ${says.join(', ')}`,
    differ: own,
  }
}

const WORDS: Readonly<Record<LoaderVerdict, string>> = {
  accepts: 'takes it',
  refuses: 'refuses it',
  uncertain: 'is uncertain',
  unavailable: 'does not start it',
  'not-asked': 'is not asked',
}
