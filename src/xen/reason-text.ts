/**
 * The words of reasons: one sentence each, without its full stop.
 * @module
 */
import type { Codec } from '../facts/facts.ts'
import { machineName } from '../facts/machine-name.ts'
import type { Reason, ReasonArgs, ReasonCode, UncheckedRead, UnreadPart } from './reason.ts'
import type { VerdictWord } from './verdict.ts'

const quote = (text: string) => (text === '' ? 'missing' : JSON.stringify(text))

const UNCHECKED: Readonly<Record<UncheckedRead, string>> = {
  'compressed-source': 'what is unpacked overwrites what is still packed, for its size word is too small',
  'elf-header': 'the ELF header',
  'guest-string': 'the __xen_guest string has no end',
  'gzip-distance': 'the gzip decoder copies from before its output',
  'gzip-size': 'the size at the end of the gzip stream',
  'lzma-corrupt': 'the lzma decoder follows a broken stream',
  note: 'a note',
  'note-value': 'the value of a note',
  notes: 'the notes run past its end',
  payload: 'the payload lies outside the file',
  'payload-end': 'the payload runs past the end of the file',
  'payload-size-word': 'the size word at the end of the payload lies outside the file',
  'lz4-input': 'the lz4 decoder does not stop at the end of the payload',
  'lzo-input': 'the lzo decoder does not stop at the end of the payload',
  'bzip2-input': 'the bzip2 decoder goes on after the end of the payload',
  headroom: 'the last four bytes of the payload, taken as its size, are a negative number',
  segment: 'the file bytes of a segment',
  'segment-shrinks': 'a segment with more file bytes than memory',
  symbols: 'the symbols that BSD_SYMTAB asks for',
  'tiny-file': 'a file of a few bytes',
}

/** The library that a codec needs; gzip's zlib is always linked, and lz4 has a decoder of Xen's own. */
const LIBRARIES: Readonly<Record<Codec, string>> = {
  gzip: 'zlib',
  bzip2: 'libbz2',
  lzma: 'liblzma',
  xz: 'liblzma',
  lzo: 'liblzo2',
  lz4: 'lz4',
  zstd: 'libzstd',
}

const UNREAD: Readonly<Record<UnreadPart, string>> = {
  'guest-string': 'characters of the __xen_guest string',
  'note-text': 'characters of the note',
  notes: 'notes',
  'program-headers': 'program headers',
  'section-headers': 'section headers',
}

const WORDS: Readonly<Record<VerdictWord, string>> = {
  accepts: 'takes it',
  refuses: 'refuses it',
  uncertain: 'is uncertain',
  unavailable: 'does not have this boot mode',
  'not-asked': 'is not asked',
}

const at = (offset: string | undefined) => (offset === undefined ? '' : ` at ${offset}`)

const FORMS = { frame: 'an lz4 frame', 'old-magic': 'gzip with its old magic' } as const

const TEXTS: { readonly [K in ReasonCode]: (args: ReasonArgs[K]) => string } = {
  'bzip2-many-codes': () =>
    'A bzip2 table has 256 or more codes of one length: this release counts them in a byte, which overflows',
  'decoder-goes-on': ({ codec, problem }) =>
    `The ${codec} decoder of this Xen does not check this, and goes on: ${problem}`,
  'gzip-flags': ({ flags }) => `The hypervisor takes no gzip header with the flags ${flags}`,
  'gzip-no-distances': () => 'A gzip block has no code for distances: the hypervisor refuses that',
  'lzma-end-marker': () =>
    'The lzma stream has its size in the header and an end marker too: liblzma before 5.2.6 refuses that',
  'lzo-checksums': ({ flags }) =>
    `lzop's flags ${flags} give its blocks other checksums than one of the unpacked bytes: Xen takes every block to have that one`,
  'lzo-long-block': ({ at: offset }) =>
    `The lzo block at ${offset} unpacks to more than 256 KiB: the hypervisor takes no larger ones`,
  'lzo-stored-block': () =>
    'It has an lzo block that is stored as it is: the toolstack takes every block to be packed',
  'xz-filters': ({ names }) =>
    `The hypervisor does not know the xz filters ${names.join(', ')}, only x86 alone, without a start offset`,
  'supervisor-mode': () =>
    'It requires supervisor_mode_kernel, and this hypervisor runs no PV dom0 in supervisor mode',
  'bare-codec-unsupported': ({ codec }) =>
    `It is a ${codec} file: the toolstack unpacks bare files of gzip only`,
  'big-endian': () => 'It is a big-endian kernel',
  'bin-image-address': ({ field }) => `The ${field} of its xen_bin_image_table does not fit the image`,
  'bin-image-flags': ({ flags }) => `Its xen_bin_image_table has the flags ${flags}, which Xen does not take`,
  'boot-protocol-too-old': () =>
    'Its boot protocol is older than 2.08, which is the first to say where the payload is',
  'bzimage-unsupported': ({ side }) => `This ${side} does not load bzImage files, it needs a vmlinux`,
  'callback-vector-missing': () => 'It does not support hvm_callback_vector, which PVH version 1 needs',
  'codec-unsupported': ({ side, codec, form }) =>
    `This ${side} does not unpack ${form === undefined ? codec : FORMS[form]}`,
  'compressed-elf-unsupported': () => 'This hypervisor does not unpack compressed ELF files',
  'decoder-not-built': ({ codec }) => `This toolstack was built without ${codec}`,
  'decoder-unknown': ({ codec }) =>
    `Whether this toolstack was built with ${LIBRARIES[codec]}, which unpacks ${codec}, is not known`,
  'dictionary-too-large': ({ codec, mebibytes, limit }) =>
    `The ${codec} stream needs a dictionary of ${mebibytes} MiB, this toolstack allows ${limit} MiB in all`,
  'dom0-bit-missing': () => 'Its SUPPORTED_FEATURES note lacks the dom0 bit: it is not built to run as dom0',
  'dom0-kind': ({ guest }) =>
    `Xen's command line does not start dom0 as ${guest === 'pv' ? 'PV' : 'PVH'} here`,
  'dom0-only-kernel': () => 'It requires the feature dom0: it runs as dom0 only',
  'dom0-taken': ({ start, end }) => `The hypervisor takes it as dom0, at ${start} to ${end}`,
  'elf-table-outside': ({ table, end, size }) =>
    `The ${table} header table ends at ${end}, and the image at ${size}`,
  'endless-bzip2': () => 'This toolstack waits for the end of the bzip2 stream for ever',
  'empty-file': () => 'The file is empty',
  'entry-outside': ({ entry, start, end }) =>
    `The entry ${entry} lies outside the kernel at ${start} to ${end}`,
  'fails-when-built': ({ cause, text }) =>
    `${reasonText(cause)}; it fails when the domain is built, with "${text}"`,
  'file-too-large': () => 'The file is larger than 1 GiB',
  'firmware-not-32-bit': ({ cause }) =>
    `${reasonText(cause)}; it is then taken as HVM firmware, which has to be 32-bit`,
  'flat-image-taken': ({ type }) => `The toolstack takes it as a flat image of type ${type}`,
  'guest-type-not-offered': ({ type }) => `This host does not offer ${type}`,
  'guest-type-unknown': () => 'Its guest type is not known',
  'gzip-file-size-limit': () =>
    'The gzip file is not unpacked: its last four bytes do not say a size that the toolstack believes',
  'gzip-file-wrong': ({ problem }) =>
    `The gzip stream cannot be unpacked into the size that it says${problem === undefined ? '' : `: ${problem}`}`,
  'gzip-payload-too-large': () => 'The gzip stream says that it unpacks to more than 1 GiB',
  'hv-start-too-high': ({ start, limit }) => `HV_START_LOW is ${start}, above the start of Xen at ${limit}`,
  'hvm-missing': () => 'This host has no HVM guests, and so no PVH',
  'hypercall-page-outside': ({ page, start, end }) =>
    `HYPERCALL_PAGE is ${page}, outside the initial mapping from ${start} to ${end}`,
  'foreign-kernel': ({ problem }) => problem,
  'image-unread': ({ problem }) => `The image could not be read: ${problem}`,
  'kernel-below-virt-base': ({ start, base }) => `The kernel starts at ${start}, below VIRT_BASE at ${base}`,
  'kernel-end-before-start': ({ start, end }) => `The kernel starts at ${start}, after its end at ${end}`,
  'kernel-too-large': ({ start, end }) =>
    `Its initial mapping from ${start} to ${end} is larger than a dom0 of 4 GiB`,
  'loader-not-supported': ({ loader, os }) =>
    `LOADER is ${quote(loader)} and GUEST_OS is ${quote(os)}: Xen takes only "generic" or "linux"`,
  'lz4-blocks-end': () => 'The lz4 blocks do not end where the size word starts',
  'lz4-decoder-broken': () => 'The LZ4 decoder of this release fails on every real payload',
  'machine-mismatch': ({ class: elfClass, machine }) =>
    `It is an ELF file of class ${elfClass} for ${machineName(machine)}: dom0 wants x86, 64-bit or 32-bit with PAE`,
  'machine-unsupported': ({ machine }) => `It is built for ${machineName(machine)}, not for x86`,
  'memory-outside-image': ({ what, at: offset }) =>
    `This release reads memory outside the image (${UNCHECKED[what]}${at(offset)}): what it does is not defined`,
  'no-notes': () => 'It has neither ELF notes nor a __xen_guest section: it is not built for Xen',
  'no-pae-domU': () => 'It is a 32-bit kernel without PAE, which no Xen since 3.3 runs',
  'no-pae-dom0': () => 'It is a 32-bit kernel without PAE, which this Xen does not run',
  'no-phys32-entry': () => 'It has no PHYS32_ENTRY note: it cannot start as PVH',
  'no-pvh': ({ role }) => `This release has no PVH for ${role}`,
  'no-section-names': () =>
    'It has no table of section names, which this toolstack wants though it does not need it',
  'no-size-word': () => 'It has no room for the size that should be at its end',
  'not-a-kernel': () => 'It is neither an ELF file nor a bzImage',
  'not-elf': () => 'It is not an ELF file',
  'note-sizes-negative': () =>
    'Sizes that this release takes as negative lead back through its notes, perhaps for ever',
  'p2m-inside-kernel': ({ base, start, end }) =>
    `INIT_P2M is ${base}, inside the kernel at ${start} to ${end}`,
  'paddr-offset-without-virt-base': () => 'PADDR_OFFSET is set, and VIRT_BASE is not',
  'part-unread': ({ what, at: offset }) =>
    `The image has more ${UNREAD[what]}${at(offset)} than were read: what this release makes of them is not known`,
  'payload-damaged': ({ codec, problem, cause }) =>
    `The ${codec} payload is damaged (${problem}). ${reasonText(cause)}`,
  'payload-outside-file': ({ start, end, size, cause }) =>
    `The payload is said to lie at ${start} to ${end}, and the file has ${size} bytes${cause === undefined ? '' : `. ${reasonText(cause)}`}`,
  'payload-size-wrong': ({ codec, says, unpacked }) =>
    `The ${codec} payload says ${says === undefined ? 'no size' : `${says} bytes`} at its end, and unpacks to ${unpacked ?? 'something else'}`,
  'payload-too-large': () => 'The payload says that it unpacks to more than 1 GiB',
  'payload-unknown': () => 'Its payload is in no format that Xen knows',
  'pv-not-built': () => 'This Xen was built without PV guests',
  'pv-type-in-hvm-container': () =>
    'It has no PHYS32_ENTRY note: this release lets it pass with a PV guest type, and what follows is not known',
  'pv32-needs-boot-option': () =>
    'This build of Xen has no 32-bit PV guests unless its command line has pv=32',
  'pv32-not-built': () => 'This Xen was built without 32-bit PV guests',
  'pv32-off-at-run-time': () => "32-bit PV guests are switched off on Xen's command line (pv=no-32)",
  'pv32-off-by-default': () =>
    'A default build of this release has no 32-bit PV guests (CONFIG_PV32), and nothing says that this one has them',
  'pvh-dom0-taken': ({ entry }) => `The hypervisor takes it as a PVH dom0, entered at ${entry}`,
  'pvh-v1-64-bit-only': () => 'PVH version 1 takes 64-bit kernels only in this release',
  'pvh-v1-features-missing': ({ names }) =>
    `PVH version 1 needs features that it does not say it supports: ${names.join(', ')}`,
  'release-unknown': ({ remark }) => remark ?? 'No release is known for this hypervisor',
  'releases-differ': ({ runs }) =>
    `It depends on the point release: ${runs
      .map(
        ({ since, until, verdict }) =>
          `${since === until ? since : `${since} to ${until}`} ${WORDS[verdict]}`,
      )
      .join(', ')}`,
  'required-features': () =>
    'It requires a feature, and this hypervisor refuses every required feature of dom0',
  'size-word-wrong': ({ says, unpacked }) =>
    `Its size word says ${says} bytes, and it unpacks to ${unpacked}`,
  'started-as-firmware': ({ cause }) =>
    `${reasonText(cause)}; it is then started as HVM firmware at its ELF entry, which is not a PVH boot`,
  'stream-broken': ({ codec, problem }) => `The ${codec} stream cannot be unpacked: ${problem}`,
  taken: ({ type, start, end }) => `The toolstack loads it as ${type}, at ${start} to ${end}`,
  'unknown-optional-feature': ({ name }) =>
    `FEATURES names ${featureName(name)}, which this release does not know, and it takes no unknown name, not even an optional one`,
  'unknown-required-feature': ({ name }) =>
    `FEATURES requires ${featureName(name)}, which this release does not know`,
  'unpacked-only-in-part': ({ codec, problem }) =>
    `The ${codec} stream was not unpacked to its end: ${problem}`,
  'unpacks-to-bzimage': () => 'What it unpacks to is a bzImage, and not an ELF file',
  'vendor-packages-differ': ({ release, refusal, vendor }) =>
    `Xen ${release} takes it, and some of the packages of ${vendor} that are meant refuse it: ${reasonText(refusal)}`,
  'vendor-patch-unknown': ({ release, refusal, vendor, gate, commits, since }) =>
    `Xen ${release} refuses it (${reasonText(refusal)}), and whether the build of ${vendor} holds ${patchName({ commits, since })}, which changes ${gate}, is not known`,
  'xen-overlap': ({ start, end }) =>
    `Its initial mapping from ${start} to ${end} reaches into Xen's own addresses`,
  'xen-version': ({ version }) => `XEN_VERSION is ${quote(version)}: every Xen wants "xen-3.0"`,
  'xz-check-unknown': ({ check }) =>
    `The hypervisor does not know the ${check} check of the xz stream, only CRC32 and none`,
  'zstd-gap': () => 'There is something between the end of the zstd stream and its size word',
  'zstd-literal-pairs': ({ problem }) =>
    `The zstd stream breaks a rule, which a decoder that reads two literals at once does not see, and it has no checksum: ${problem}`,
}

/** A change by its commits, or where none is known, by the release that brought it. */
export const patchName = ({ commits, since }: { commits: readonly string[]; since: string }): string =>
  commits.length > 0 ? `commit ${commits.join(' or ')}` : `what came with Xen ${since}`

const featureName = (name: string) => (name === '' ? 'an empty name' : name)

/** One sentence for people. */
export function reasonText({ code, args }: Reason): string {
  return (TEXTS[code] as (args: unknown) => string)(args)
}
