/**
 * What a verdict is worth to guests whose kernel is found, or loaded, by another program than the host's toolstack.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import { identify } from '../facts/identity.ts'
import type { BootPathText } from '../inventory/host.ts'
import { type BootMode, type BootModeName, parseBootMode } from '../xen/boot-mode.ts'
import { type LoaderOutcome, loaderOutcome } from '../xen/boot-path/ask.ts'
import {
  BOOT_PATHS,
  type BootPath,
  type BootPathName,
  formatBootPath,
  isVersioned,
  parseBootPath,
  pathNamed,
  VERSION_KINDS,
  type VersionedPath,
} from '../xen/boot-path/boot-path.ts'
import { packedBy } from '../xen/remedies/build-lines.ts'
import { generalRemedies } from '../xen/remedies/general.ts'
import { cheapestFirst, FILES, type Remedy, remedy, write } from '../xen/remedies/remedy.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'
import type { CauseCode } from '../xen/verdict.ts'
import type { FullVerdict } from './model.ts'

const PYGRUB =
  "pygrub takes the kernel from the guest's own disk: that it is this one is the inventory's word"

/** A PV guest in xen-shim, as XAPI's domain_type says it. */
const PV_IN_PVH = 'pv-in-pvh'

/** What makes a kernel that the loader takes. */
const repack = (text: string, boot: BootPath) =>
  remedy('repack', text, { does: 'repair', targets: [formatBootPath(boot)] })

/** The packing is what the loader does not take: gzip is what all of them do. */
const PACKING: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'codec-unsupported',
  'decoder-not-built',
  'lz4-decoder-broken',
  'stream-unsupported',
])

/** What can be done where a loader refuses a kernel because of its packing, in the order of `cheapestFirst`. */
function repacking(boot: BootPath): readonly Remedy[] {
  if (boot.path === 'pv-grub') {
    return [
      repack('Pack the kernel by gzip, which every PV-GRUB unpacks', boot),
      packedBy('gzip'),
      remedy(
        'host-config',
        'Give the guests a PV-GRUB that was built from a newer Xen, or pvgrub2: it need not be that of the host',
        write('kernel = "pv-grub-x86_64.gz"', FILES.guest),
      ),
    ]
  }
  return [
    repack('Pack the kernel by gzip, which every GRUB unpacks', boot),
    packedBy('gzip'),
    remedy(
      'host-config',
      'Give the guests a newer GRUB: 2.14 unpacks zstd',
      write('kernel = "grub-x86_64-xen.bin"', FILES.guest),
    ),
  ]
}

const BY_PYGRUB = remedy(
  'host-config',
  'Boot them by pygrub: then the toolstack decides',
  write('bootloader = "pygrub"', FILES.guest),
)
/** The other way to the same kernel, where the host's toolstack does not refuse it. */
const BY_TOOLSTACK: Readonly<Partial<Record<BootPathName, Remedy>>> = {
  pvgrub2: BY_PYGRUB,
  'pv-grub': BY_PYGRUB,
  pvhgrub: remedy(
    'host-config',
    'Boot it directly, from a file of dom0: then its PVH note counts',
    write('kernel = "/PATH/vmlinuz"', FILES.guest),
  ),
}

/** A bare ELF of Linux was in a bzImage, which GRUB for PVH takes. */
const BZIMAGE = remedy('image', 'Give the guest the bzImage that belongs to the kernel')

function ownRemedies(boot: BootPath, code: CauseCode, facts: Facts, mode: BootMode): readonly Remedy[] {
  if (boot.path !== 'pvhgrub') return PACKING.has(code) ? repacking(boot) : generalRemedies(code, mode)
  const { system } = identify(facts)
  return code === 'not-a-kernel' && (system === 'linux' || system === 'unknown') ? [BZIMAGE] : []
}

/** What can be done where a loader refuses a kernel, in the order of `cheapestFirst`; `verdict` is that of the toolstack. */
function remediesOf(
  boot: BootPath,
  code: CauseCode | undefined,
  facts: Facts,
  mode: BootModeName,
  verdict: FullVerdict,
): Remedy[] {
  const own = code === undefined ? [] : ownRemedies(boot, code, facts, parseBootMode(mode))
  const other = verdict.verdict === 'refuses' ? undefined : BY_TOOLSTACK[boot.path]
  const all = [...own, ...(other === undefined ? [] : [other])].sort(cheapestFirst())
  // Where nothing is known of this way, what helps on the direct one does, too.
  return all.length > 0 ? all : verdict.remedies
}

const TRY_ONE = remedy('build-fact', 'Start one such guest on a host of this build, and see')

/** What can be done where the verdict depends on a version of the loader that is not known. */
const sayVersion = (path: VersionedPath): readonly Remedy[] => {
  const { kind, example } = VERSION_KINDS[path]
  return [
    remedy(
      'build-fact',
      `Say which ${path} these guests have, by ${kind}`,
      write(`boot: ${example}`, FILES.inventory),
    ),
    TRY_ONE,
  ]
}
const SAY_PATH = [
  remedy(
    'build-fact',
    `Say how these guests boot: ${BOOT_PATHS.join(', ')}`,
    write('boot: pygrub', FILES.inventory),
  ),
  TRY_ONE,
]

/** What becomes of a kernel that guests boot by `paths`; `verdict` is that of the host's own loader. `diskUnknown` is false
 * where it was found in the guests' disks. */
export function byBootPath(
  verdict: FullVerdict,
  facts: Facts,
  mode: BootModeName,
  paths: readonly BootPathText[],
  diskUnknown = true,
): FullVerdict {
  // A dom0 is built by the hypervisor, and a mode that is not there starts nothing by any path.
  if (parseBootMode(mode).role === 'dom0' || verdict.verdict === 'unavailable' || paths.length === 0)
    return verdict
  const answers = paths.map(path => ({ path, answer: answerBy(verdict, facts, mode, path, diskUnknown) }))
  const [first] = answers
  if (answers.length === 1) return first!.answer
  if (answers.every(({ answer }) => answer.verdict === first!.answer.verdict)) {
    return answers.find(({ answer }) => answer !== verdict)!.answer
  }
  const says = answers.map(({ path, answer }) => `by ${path} ${WORDS[answer.verdict]}`).join(', ')
  const refused = answers.find(({ answer }) => answer.verdict === 'refuses')
  if (refused !== undefined) {
    return {
      ...refused.answer,
      assumptions: [...refused.answer.assumptions, `These guests do not all boot alike: ${says}`],
    }
  }
  const doubts = answers.flatMap(({ answer }) => (answer.verdict === 'uncertain' ? answer.remedies : []))
  const remedies = new Map([...doubts, TRY_ONE].map(each => [remedyText(each), each]))
  return {
    verdict: 'uncertain',
    code: 'boot-path',
    reason: `These guests do not all boot alike: ${says}`,
    remedies: [...remedies.values()],
    assumptions: verdict.assumptions,
    evidence: [],
  }
}

const WORDS: Readonly<Record<FullVerdict['verdict'], string>> = {
  accepts: 'it starts',
  refuses: 'it is refused',
  uncertain: 'it is uncertain',
  unavailable: 'it is not started',
  'not-asked': 'no loader of Xen is asked',
}

function answerBy(
  verdict: FullVerdict,
  facts: Facts,
  mode: BootModeName,
  text: BootPathText,
  diskUnknown: boolean,
): FullVerdict {
  if (text === PV_IN_PVH) {
    return {
      verdict: 'uncertain',
      code: 'boot-path',
      reason:
        'The guest runs in xen-shim, which builds it by rules of its own, as a hypervisor builds a dom0',
      remedies: [TRY_ONE],
      assumptions: verdict.assumptions,
      evidence: [],
    }
  }
  const boot = parseBootPath(text)
  if (typeof boot === 'string') {
    const path = pathNamed(text)
    const isVersion = path !== undefined && isVersioned(path)
    return {
      verdict: 'uncertain',
      code: 'boot-path',
      reason: isVersion
        ? `The inventory names a version of ${path} that is not known for these guests`
        : 'The inventory names a boot path that is not known for these guests',
      remedies: isVersion ? [...sayVersion(path)] : SAY_PATH,
      assumptions: verdict.assumptions,
      evidence: [],
    }
  }
  if (boot.path === 'direct') return verdict
  if (boot.path === 'pygrub' && !diskUnknown) return verdict
  if (boot.path === 'pygrub') return { ...verdict, assumptions: [...verdict.assumptions, PYGRUB] }
  const outcome = loaderOutcome(facts, boot)
  const remedies =
    outcome.verdict === 'refuses'
      ? remediesOf(boot, outcome.code, facts, mode, verdict)
      : outcome.differ !== undefined && isVersioned(boot.path)
        ? sayVersion(boot.path)
        : []
  return loaderVerdict(outcome, remedies)
}

function loaderVerdict(outcome: LoaderOutcome, remedies: readonly Remedy[]): FullVerdict {
  const { assumptions = [], boot, code, message, verdict, reason } = outcome
  return {
    verdict,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message, log: { lines: [message] } }),
    reason: `${reason} (by ${boot})`,
    remedies: [...remedies],
    assumptions: [...assumptions],
    evidence: [],
  }
}
