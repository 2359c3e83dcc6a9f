/** The guest type and whether the host offers it: xc_dom_guest_type (xg_dom_elfloader.c), xc_dom_compat_check. */
import { EM_386, EM_X86_64 } from '../../facts/elf-format.ts'
import type { GateId } from '../gates/gates.ts'
import { hasHvm, hasPv, PV32_REASONS, pv32Of } from '../host-checks.ts'
import { PAE_BIMODAL, PAE_NO, type Parameters, UNSET32 } from '../libelf/parameters.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because, type Reason } from '../reason.ts'
import type { Stage, Stop } from '../verdict.ts'

export const HVM_TYPE = 'hvm-3.0-x86_32'
const UNKNOWN_TYPE = 'xen-3.0-unknown'
const PAE_TYPE = 'xen-3.0-x86_32p'
const NON_PAE_TYPE = 'xen-3.0-x86_32'
const PV64_TYPE = 'xen-3.0-x86_64'
/** The types that every toolstack for x86 has page-table code for (xc_dom_x86.c), where it takes them at all. */
const WITH_HOOKS: ReadonlySet<string> = new Set([HVM_TYPE, PAE_TYPE, PV64_TYPE])

/** A guest type, with `pvKernel` set where a PV type is used in an HVM container. */
export interface GuestType {
  type: string
  undecided?: true
}

/** xc_dom_guest_type: the type that the notes and the machine ask for. */
export function guestTypeOf(run: LoaderRun, parameters: Parameters, hvm: boolean): GuestType | Stop {
  const { ask, subject } = run
  const { machine } = subject.elf!.facts
  if (hvm) {
    if (parameters.physEntry !== UNSET32) return { type: HVM_TYPE }
    const gate = ask.gate('hvm-container-pv-kernel')
    const text = 'xc_dom_guest_type: image not capable of booting inside a HVM container'
    if (gate === 'unknown-type') {
      run.log(text)
      return { type: UNKNOWN_TYPE }
    }
    if (gate === 'refuses') {
      return {
        verdict: 'refuses',
        code: 'not-pvh',
        message: text,
        reason: because('no-phys32-entry'),
        gates: ['hvm-container-pv-kernel'],
      }
    }
    const type = pvType(run, machine, parameters)
    return typeof type === 'string' ? { type, undecided: true } : type
  }
  const type = pvType(run, machine, parameters)
  return typeof type === 'string' ? { type } : type
}

function pvType({ ask, subject }: LoaderRun, machine: number, { pae }: Parameters): string | Stop {
  if (machine === EM_X86_64) return PV64_TYPE
  if (machine === EM_386) {
    if (pae === PAE_NO) return NON_PAE_TYPE
    return pae !== PAE_BIMODAL || subject.capabilities.includes(PAE_TYPE) ? PAE_TYPE : NON_PAE_TYPE
  }
  const other = ask.gate('other-machines')[machine]
  if (other !== undefined) return other
  const gate = ask.gate('unknown-machine')
  if (gate === 'unknown-type') return UNKNOWN_TYPE
  return {
    verdict: 'refuses',
    code: 'machine-unsupported',
    message: `xc_dom_guest_type: ${gate === 'refuses' ? 'unknown' : 'unkown'} image type ${machine}`,
    reason: because('machine-unsupported', { machine }),
    gates: ['unknown-machine'],
  }
}

/** A guest type that this host does not offer. */
export interface CompatStop extends Stop {
  stage: Stage
}

/**
 * What is logged where the hypervisor has no 32-bit PV: it refuses the guest's address size (x86_compat of xc_dom_x86.c)
 * when its memory is set up, which is before the type is compared.
 */
export const NO_ADDRESS_SIZE = "xc_dom_boot_mem_init: can't allocate low memory for domain"

/** xc_dom_compat_check; earlier releases come to it only when the domain is booted. */
export function checkCompatibility(run: LoaderRun, type: string): CompatStop | undefined {
  const { ask } = run
  const lack = whyMissing(run, type)
  ask.trace?.({
    stage: 'xc_dom_compat_check',
    what: 'guest type',
    value: type,
    does: lack === undefined ? 'the host offers it' : 'the host does not offer it: refuses the kernel',
    gates: ['compat-check'],
  })
  if (lack === undefined) return undefined
  const refused = `xc_dom_compat_check: guest type ${type} not supported by xen kernel, sorry`
  if (ask.gate('compat-check') === 'parse')
    return { verdict: 'refuses', stage: 'parse', ...lack, message: refused }
  const message = lack.code === 'pv32-not-built' ? NO_ADDRESS_SIZE : refused
  const hooks = missingHooks(run, type)
  if (hooks !== undefined) {
    run.log(hooks)
    run.log('xc_dom_mem_init: arch hooks not set')
  }
  return {
    verdict: 'refuses',
    stage: 'guest-type',
    ...lack,
    message,
    ...(hooks !== undefined && { messageOf: 'check' }),
    reason: because('fails-when-built', { cause: lack.reason, text: hooks ?? message }),
  }
}

/**
 * What is logged where a domain cannot be built for want of page-table code for its type, which is before the type is
 * compared; undefined where there is code.
 */
function missingHooks({ ask }: LoaderRun, type: string): string | undefined {
  const present = WITH_HOOKS.has(type) || (type === NON_PAE_TYPE && ask.gate('non-pae-hooks') === 'present')
  return present ? undefined : `xc_dom_${ask.gate('arch-hooks-text')}_arch_hooks: not found (type ${type})`
}

function whyMissing(run: LoaderRun, type: string): Pick<Stop, 'code' | 'reason' | 'gates'> | undefined {
  const { subject } = run
  if (type.startsWith('xen-') && !hasPv(run)) {
    return missing('pv-not-built', because('pv-not-built'), ['config-pv'])
  }
  const pv32 = type === PAE_TYPE ? pv32Of(run) : 'present'
  if (pv32 !== 'present') return missing('pv32-not-built', PV32_REASONS[pv32], ['pv32'])
  if (type === HVM_TYPE && !hasHvm(run)) {
    return missing('hvm-missing', because('hvm-missing'), ['compat-check'])
  }
  if (subject.capabilities.includes(type)) return undefined
  if (type === NON_PAE_TYPE) return missing('no-pae', because('no-pae-domU'), ['non-pae-hooks'])
  if (type === UNKNOWN_TYPE)
    return missing('guest-type-unsupported', because('guest-type-unknown'), ['unknown-machine'])
  return missing('guest-type-unsupported', because('guest-type-not-offered', { type }), ['compat-check'])
}

const missing = (code: Stop['code'], reason: Reason, gates: readonly GateId[]) => ({ code, reason, gates })
