/**
 * PV-GRUB: GRUB 0.97 on Mini-OS (stubdom), with the libxc of the release that it was built from. It is the toolstack's
 * loader of that release, not of the host's, with other decompressors.
 * @module
 */
import type { Codec, Facts } from '../../facts/facts.ts'
import { askRelease } from '../ask-releases.ts'
import { type Component, type ComponentReader, componentGate } from '../component.ts'
import { reasonText } from '../reason-text.ts'
import { releaseIndex, releases } from '../releases.ts'
import { Subject } from '../subject.ts'
import type { Answer } from '../verdict.ts'

/** XEN_ELFNOTE_INIT_P2M. */
const INIT_P2M = 15

const gates = {
  codecs: componentGate<readonly Codec[]>({
    summary:
      "The payloads that it unpacks: gzip only, as Mini-OS has no libraries; then also by the hypervisor's decoders, xz without a limit for its dictionary.",
    spans: [
      ['3.3.0', ['gzip']],
      ['4.3.0', ['gzip', 'bzip2', 'lzma', 'lzo', 'xz']],
      ['4.4.0', ['gzip', 'bzip2', 'lzma', 'lzo', 'xz', 'lz4']],
      ['4.15.0', ['gzip', 'bzip2', 'lzma', 'lzo', 'xz', 'lz4', 'zstd']],
    ],
    evidence: ['RELEASE-4.2.0 tools/libxc/Makefile -', 'RELEASE-4.15.0 tools/libs/guest/Makefile -'],
  }),
  bitness: componentGate<'exact'>({
    summary: 'The 64-bit build boots 64-bit kernels only, the 32-bit build 32-bit PAE kernels only.',
    spans: [['3.3.0', 'exact']],
    evidence: ['RELEASE-4.17.0 stubdom/grub/kexec.c kexec'],
  }),
  'init-p2m': componentGate<'works' | 'crashes'>({
    summary: 'A kernel with INIT_P2M, as Linux has from 4.3 on.',
    spans: [
      ['3.3.0', 'works'],
      ['4.7.0', 'crashes'],
      ['4.7.2', 'works'],
    ],
    evidence: ['RELEASE-4.8.0 stubdom/grub/kexec.c kexec 7a71cea02a'],
  }),
  built: componentGate<'by-default' | 'on-request'>({
    summary:
      'Whether a build of the release makes it. What was built before goes on working on newer hypervisors.',
    spans: [
      ['3.3.0', 'by-default'],
      ['4.16.0', 'on-request'],
    ],
    evidence: ['RELEASE-4.22.0 stubdom/configure.ac -'],
  }),
}

export type PvGrubGates = typeof gates

export const pvGrub: Component<PvGrubGates> = {
  name: 'pv-grub',
  summary: 'GRUB 0.97 on Mini-OS: loads kernels by the libxc of the release of Xen that built it',
  versions: releases.slice(releaseIndex('3.3.0')),
  repository: 'https://github.com/xen-project/xen',
  gates,
}

export type PvGrubArch = 'x86_64' | 'x86_32'
export const pvGrubArchs: readonly PvGrubArch[] = ['x86_64', 'x86_32']

const GUEST_TYPES: Readonly<Record<PvGrubArch, string>> = {
  x86_64: 'xen-3.0-x86_64',
  x86_32: 'xen-3.0-x86_32p',
}
const BITNESS: Readonly<Record<PvGrubArch, string>> = { x86_64: 'x86 64', x86_32: 'x86 32 PAE' }
const UNKNOWN_CODEC = 'xc_dom_probe_bzimage_kernel: unknown compression format'
const CODECS: readonly Exclude<Codec, 'gzip'>[] = ['bzip2', 'lzma', 'lzo', 'xz', 'lz4', 'zstd']

export type PvGrubAnswer = Omit<Answer, 'assumptions' | 'gates' | 'reason'> & {
  reason: string
  gates: readonly string[]
}

/** What the PV-GRUB that one release built does with a kernel; the steps of its libxc are those of the release. */
export function askPvGrub(ask: ComponentReader<PvGrubGates>, facts: Facts, arch: PvGrubArch): PvGrubAnswer {
  const known = ask.gate('codecs')
  ask.trace?.({
    stage: 'PV-GRUB',
    what: 'decompressors',
    value: known.join(', '),
    does: 'gives the kernel to the libxc that it is built with',
    gates: ['codecs'],
  })
  const decoders = Object.fromEntries(CODECS.map(codec => [codec, known.includes(codec)]))
  const subject = new Subject(facts, {
    build: { decoders },
    gates: { 'xz-memory-limit': 0 },
    capabilities: { xen: Object.values(GUEST_TYPES) },
  })
  const index = releaseIndex(pvGrub.versions[ask.index]!)!
  const { answer, last } = askRelease(subject, index, { guest: 'pv', role: 'domU' }, ask.trace)
  ask.last = Math.min(ask.last, pvGrub.versions.indexOf(releases[last]!))
  ask.gate('bitness')
  const { assumptions: _, ...given } = answer
  const loaded = { ...given, reason: reasonText(given.reason) }
  if (loaded.verdict !== 'accepts') {
    // PV-GRUB prints every error of libxc: the one that names the cause is told, and not that no loader was found then.
    const codec = loaded.code === 'codec-unsupported' && facts.layers.some(({ kind }) => kind === 'bzimage')
    return { ...loaded, ...(codec && { message: UNKNOWN_CODEC }), gates: [...ask.gates, ...loaded.gates] }
  }
  const fits = loaded.guestType === undefined || loaded.guestType === GUEST_TYPES[arch]
  ask.trace?.({
    stage: 'kexec',
    what: 'guest type',
    value: loaded.guestType ?? 'unknown',
    does: fits ? `is what the ${BITNESS[arch]} build boots` : `is not what the ${BITNESS[arch]} build boots`,
    gates: ['bitness'],
  })
  if (!fits) {
    return {
      ...loaded,
      verdict: 'refuses',
      stage: 'guest-type',
      code: 'machine-mismatch',
      message: `can only boot ${BITNESS[arch]} kernels, not ${loaded.guestType}`,
      reason: `The kernel is ${loaded.guestType}, and this PV-GRUB is built for ${arch}`,
      gates: ask.gates,
    }
  }
  const hasP2m = facts.elf?.notes.some(({ owner, type }) => owner === 'Xen' && type === INIT_P2M) ?? false
  const crashes = hasP2m && ask.gate('init-p2m') === 'crashes'
  if (hasP2m)
    ask.trace?.({
      stage: 'kexec',
      what: 'note INIT_P2M',
      does: crashes ? 'crashes while the kernel is built' : 'builds the kernel',
      gates: ['init-p2m'],
    })
  if (crashes) {
    return {
      ...loaded,
      verdict: 'refuses',
      code: 'pv-grub-crash',
      reason: 'The kernel has an INIT_P2M note: this PV-GRUB crashes on it',
      gates: ask.gates,
    }
  }
  return { ...loaded, gates: ask.gates }
}
