/** The verdicts of the made-up audits, each with what a report can show of one. */
import type { FullVerdict } from '../../src/findings/model.ts'
import { remedy } from '../../src/xen/remedies/remedy.ts'
import type { CauseCode, VerdictWord } from '../../src/xen/verdict.ts'

const verdict = (
  word: VerdictWord,
  code: CauseCode | undefined,
  reason: string,
  more: Partial<FullVerdict> = {},
): FullVerdict => ({
  verdict: word,
  ...(code !== undefined && { code }),
  reason,
  remedies: [],
  assumptions: [],
  evidence: [],
  ...more,
})

/** Verdicts by their place in the list. */
export const ACCEPTS = 0
export const FEATURE = 1
export const DOM0 = 2
export const DOUBT = 3
export const UNAVAILABLE = 4
export const PV32 = 5
export const FEATURE_OLDER = 6
export const STREAM = 7

const FEATURE_LOG = {
  lines: [
    'xc_dom_probe_bzimage_kernel: kernel is not a bzImage',
    'xc: error: elf_xen_parse_features: unknown feature "hvm_callback_vector" | `parse`',
    'xc_dom_find_loader: no loader found',
  ],
  noise: ['xc_dom_probe_bzimage_kernel: kernel is not a bzImage'],
}

export const verdicts: FullVerdict[] = [
  verdict('accepts', undefined, 'The loader takes the kernel'),
  verdict(
    'refuses',
    'unknown-feature',
    'The FEATURES note names hvm_callback_vector, which this Xen does not know',
    {
      stage: 'elf_xen_parse',
      message: 'xc: error: elf_xen_parse_features: unknown feature "hvm_callback_vector" | `parse`',
      log: FEATURE_LOG,
      remedies: [
        remedy(
          'kernel-option',
          'Build the kernel with the feature in SUPPORTED_FEATURES (Linux 3.14 or later)',
        ),
        remedy('release', 'Upgrade these hosts to Xen 4.2 or later'),
      ],
      evidence: [
        {
          gate: 'unknown-optional-feature',
          summary: 'Until 4.1 every unknown feature name is refused, optional or not',
          sources: ['4.1.0 tools/libxc/libelf/libelf-dominfo.c elf_xen_parse_features ec029aaa9a'],
        },
      ],
    },
  ),
  verdict('refuses', 'dom0-bit-missing', 'SUPPORTED_FEATURES lacks the dom0 bit', {
    stage: 'check',
    message: 'Kernel does not support Dom0 operation',
    log: {
      lines: ['Kernel does not support Dom0 operation', 'Panic on CPU 0:', 'Could not construct domain 0'],
    },
    remedies: [remedy('kernel-option', 'Build the kernel with CONFIG_XEN_DOM0=y')],
    evidence: [
      {
        gate: 'dom0-bit',
        summary: 'The dom0 bit is asked for',
        sources: ['4.2.0 xen/arch/x86/domain_build.c construct_dom0 fe15cd0fb6'],
        advisory: 'XSA-1',
      },
    ],
  }),
  verdict('uncertain', 'releases-differ', 'The point releases of 4.10 differ: 4.10.2 decides', {
    assumptions: ['No point release is named: all of 4.10 were asked'],
    remedies: [remedy('build-fact', 'Find out the point release')],
  }),
  verdict('unavailable', undefined, 'This release has no PVH for domU'),
  verdict('refuses', 'pv32-not-built', '32-bit PV guests are off in this build', {
    stage: 'guest-type',
    log: { lines: [], silent: 'The loader says nothing of <the> cause' },
    remedies: [remedy('image', 'Use the 64-bit kernel of the same system')],
  }),
  verdict(
    'refuses',
    'unknown-feature',
    'The FEATURES note names hvm_callback_vector, which this Xen does not know',
    {
      stage: 'elf_xen_parse',
      log: FEATURE_LOG,
      remedies: [remedy('release', 'Upgrade these hosts to Xen 4.2 or later')],
    },
  ),
  verdict(
    'uncertain',
    'stream-broken',
    'The payload could not be unpacked to the notes: <b>the stream ends</b> early',
    {
      stage: 'read',
    },
  ),
]
