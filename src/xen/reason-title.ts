/**
 * The few words by which a reason is told from others of its cause: what differs comes first. Reasons that are alone with
 * their cause have none.
 * @module
 */
import type { Reason, ReasonArgs, ReasonCode } from './reason.ts'

type Titles = { readonly [K in ReasonCode]?: (args: ReasonArgs[K]) => string | undefined }

const FORMS = { frame: 'lz4 frame', 'old-magic': 'gzip with its old magic' } as const

const TITLES: Titles = {
  'bare-codec-unsupported': ({ codec }) => `${codec} file not unpacked by the toolstack`,
  'bzimage-unsupported': ({ side }) => `bzImage not loaded by the ${side}`,
  'codec-unsupported': ({ side, codec, form }) =>
    `${form === undefined ? codec : FORMS[form]} not unpacked by the ${side}`,
  'compressed-elf-unsupported': () => 'Compressed ELF not unpacked by the hypervisor',
  'decoder-not-built': ({ codec }) => `${codec} left out of the toolstack's build`,
  'decoder-unknown': ({ codec }) => `Not known whether the toolstack's build has ${codec}`,
  'dictionary-too-large': ({ codec }) => `${codec} dictionary too large for the toolstack`,
  'fails-when-built': ({ cause }) => withSuffix(cause, 'when the domain is built'),
  'firmware-not-32-bit': ({ cause }) => withSuffix(cause, 'and taken as HVM firmware'),
  'started-as-firmware': ({ cause }) => withSuffix(cause, 'and started as HVM firmware'),
  'bzip2-many-codes': () => 'bzip2 codes overflow a count',
  'decoder-goes-on': () => 'fault that Xen does not check',
  'gzip-flags': () => 'gzip flags not taken',
  'gzip-no-distances': () => 'gzip block without distances',
  'lzma-end-marker': () => 'lzma size and end marker',
  'lzo-checksums': () => 'lzo checksums not known',
  'lzo-long-block': () => 'lzo block over 256 KiB',
  'lzo-stored-block': () => 'lzo block stored unpacked',
  'loader-not-supported': ({ loader }) =>
    loader === '' ? 'LOADER missing' : `LOADER ${JSON.stringify(loader)} not supported`,
  'machine-unsupported': () => 'Built for another machine',
  'no-notes': () => 'No Xen notes',
  'no-pae-dom0': () => '32-bit without PAE, as dom0',
  'no-pae-domU': () => '32-bit without PAE, as a guest',
  'no-phys32-entry': () => 'No PVH entry (PHYS32_ENTRY)',
  'payload-damaged': ({ codec }) => `${codec} payload damaged`,
  'pv32-needs-boot-option': () => '32-bit PV without pv=32',
  'pv32-off-at-run-time': () => '32-bit PV switched off on the command line',
  'pv32-off-by-default': () => '32-bit PV off in a default build',
  'pvh-v1-64-bit-only': () => 'PVH version 1 takes 64-bit kernels only',
  'releases-differ': () => 'Depends on the point release',
  'stream-broken': ({ codec }) => `${codec} stream broken`,
  'unknown-optional-feature': ({ name }) => `Feature ${name === '' ? 'without a name' : name} not known`,
  'unknown-required-feature': ({ name }) =>
    `Required feature ${name === '' ? 'without a name' : name} not known`,
  'vendor-packages-differ': ({ refusal }) => `${reasonTitle(refusal) ?? 'Refused'} in some packages`,
  'vendor-patch-unknown': ({ vendor, refusal, release }) =>
    `${reasonTitle(refusal) ?? 'Refused'} in Xen ${release}, not known of ${vendor}'s`,
  'xz-check-unknown': ({ check }) => `xz check ${check} not known`,
  'xz-filters': () => 'xz filters not known to the hypervisor',
}

function withSuffix(cause: Reason, suffix: string): string | undefined {
  const title = reasonTitle(cause)
  return title === undefined ? undefined : `${title}, ${suffix}`
}

/** Undefined where the title of the cause says it all. */
export function reasonTitle({ code, args }: Reason): string | undefined {
  return (TITLES[code] as ((args: unknown) => string | undefined) | undefined)?.(args)
}
