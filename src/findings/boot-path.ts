/**
 * What a verdict is worth to guests whose kernel is found, or loaded, by another program than the host's toolstack.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { BootPathText } from '../inventory/host.ts'
import { type BootModeName, parseBootMode } from '../xen/boot-mode.ts'
import { type LoaderOutcome, loaderOutcome } from '../xen/boot-path/ask.ts'
import { parseBootPath } from '../xen/boot-path/boot-path.ts'
import type { FullVerdict } from './model.ts'

const PYGRUB =
  "pygrub takes the kernel from the guest's own disk: that it is this one is the inventory's word"

/** A PV guest in xen-shim, as XAPI's domain_type says it. */
const PV_IN_PVH = 'pv-in-pvh'

/** The cheapest first, and what the tenant can do before what the operator can. */
const REMEDIES: Readonly<Record<string, readonly string[]>> = {
  pvgrub2: [
    'Pack the kernel with gzip or xz (CONFIG_KERNEL_GZIP, CONFIG_KERNEL_XZ)',
    'Give the guests a newer GRUB: 2.14 unpacks zstd',
    'Boot them by pygrub or directly: then the toolstack decides',
  ],
  'pv-grub': [
    'Pack the kernel with gzip (CONFIG_KERNEL_GZIP), which every PV-GRUB unpacks',
    'Give the guests a PV-GRUB that was built from a newer Xen, or pvgrub2: it need not be that of the host',
  ],
  pvhgrub: [
    'Give the guest the bzImage that belongs to the kernel',
    'Boot it directly: then its PVH note counts',
  ],
}
const UNKNOWN_REMEDIES = [
  'Say in the inventory which version of the loader these guests have, as in boot: pvgrub2@2.06',
  'Start one such guest on a host of this build, and see',
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
  const answers = paths.map(path => ({ path, answer: answerBy(verdict, facts, path, diskUnknown) }))
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
  return {
    verdict: 'uncertain',
    code: 'boot-path',
    reason: `These guests do not all boot alike: ${says}`,
    remedies: UNKNOWN_REMEDIES,
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

function answerBy(verdict: FullVerdict, facts: Facts, text: BootPathText, diskUnknown: boolean): FullVerdict {
  if (text === PV_IN_PVH) {
    return {
      verdict: 'uncertain',
      code: 'boot-path',
      reason:
        'The guest runs in xen-shim, which builds it by rules of its own, as a hypervisor builds a dom0',
      remedies: ['Start one such guest on a host of this build, and see'],
      assumptions: verdict.assumptions,
      evidence: [],
    }
  }
  const boot = parseBootPath(text)
  if (typeof boot === 'string') {
    return {
      verdict: 'uncertain',
      code: 'boot-path',
      reason: 'The inventory names a boot path that is not known for these guests',
      remedies: UNKNOWN_REMEDIES,
      assumptions: verdict.assumptions,
      evidence: [],
    }
  }
  if (boot.path === 'direct') return verdict
  if (boot.path === 'pygrub' && !diskUnknown) return verdict
  if (boot.path === 'pygrub') return { ...verdict, assumptions: [...verdict.assumptions, PYGRUB] }
  return loaderVerdict(loaderOutcome(facts, boot))
}

function loaderVerdict(outcome: LoaderOutcome): FullVerdict {
  const { assumptions = [], boot, code, differ, message, verdict, reason } = outcome
  const remedies =
    verdict === 'refuses' ? (REMEDIES[boot] ?? []) : differ !== undefined ? UNKNOWN_REMEDIES : []
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
