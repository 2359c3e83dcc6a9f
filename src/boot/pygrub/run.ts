/** pygrub on a disk, from the partition table to the files that it copies (tools/pygrub/src/pygrub). */
import { ComponentReader, componentSpans } from '../../xen/component.ts'
import type { GuestDisk } from '../guest-disk.ts'
import type { GuestFiles } from '../guest-files.ts'
import { parseExtlinux } from './extlinux.ts'
import { parseGrubLegacy } from './grub-legacy.ts'
import { parseGrub2 } from './grub2.ts'
import type { Entry, Menu, PygrubContext } from './lines.ts'
import { offsetsToTry } from './partitions.ts'
import { type Grammar, type PygrubGates, type PygrubReader, pygrub } from './pygrub.ts'
import { PythonError, PythonText, type PythonVersion } from './python.ts'

/** Options from the toolstack and from the build of pygrub. */
export interface PygrubOptions {
  /** --args */
  args?: string
  /** --entry */
  entry?: string
  /** --runas: the de-privileged mode, with its limits. */
  restricted?: boolean
  /** False where the build leaves the detection of Solaris out, as Debian's does. */
  solaris?: boolean
}

export interface PygrubAnswer {
  /** `undecided` where pygrub reads a file system that this program does not. */
  outcome: 'boots' | 'fails' | 'undecided'
  /** The file that is copied, symbolic links followed. */
  kernel?: string
  ramdisk?: string
  args?: string
  /** The last line that pygrub says. */
  error?: string
  /** Why the outcome is not known, in a sentence. */
  undecided?: string
  /** Where the file system lies that decided, in bytes. */
  offset?: number
  /** The configuration file that was read last. */
  config?: string
  /** The title of the entry that was chosen. */
  title?: string
}

const NOTHING_FOUND = new PythonError('RuntimeError', 'Unable to find partition containing kernel')
const NOT_MOUNTED = new PythonError('IOError', '[Errno 95] Operation not supported')
const NO_FILE = new PythonError('IOError', '[Errno 2] No such file or directory')
const SOLARIS = {
  kernel: '/platform/i86xpv/kernel/unix',
  archive: '/platform/i86pc/boot_archive',
  kernel64: '/platform/i86xpv/kernel/amd64/unix',
  archive64: '/platform/i86pc/amd64/boot_archive',
}
const NETWARE = '/nwserver/xnloader.sys'
const MIB = 2 ** 20

const PARSERS: Readonly<Record<Grammar, (context: PygrubContext, content: string) => Menu>> = {
  'grub-legacy': parseGrubLegacy,
  grub2: parseGrub2,
  extlinux: parseExtlinux,
}

/** What is to be booted, as pygrub holds it. */
interface Choice {
  kernel: string
  ramdisk?: string
  args: string
}

/** Runs pygrub of one release, under one Python. */
export function runPygrub(
  ask: PygrubReader,
  python: PythonVersion,
  disk: GuestDisk,
  options: PygrubOptions = {},
): PygrubAnswer {
  const context: PygrubContext = { ask, text: new PythonText(python) }
  const seen: PygrubAnswer = { outcome: 'fails' }
  try {
    const { files, choice } = search(context, disk, options, seen)
    return { ...seen, ...copy(context, files, choice, options) }
  } catch (error) {
    if (error instanceof UnreadFileSystem)
      return { ...seen, outcome: 'undecided', offset: error.offset, undecided: error.message }
    if (!(error instanceof PythonError)) throw error
    return { ...seen, outcome: 'fails', error: error.line }
  }
}

/** pygrub goes on with a file system of which nothing is known here. */
class UnreadFileSystem extends Error {
  override name = 'UnreadFileSystem'
  readonly offset: number

  constructor(format: string, offset: number) {
    super(
      `pygrub reads the ${format} file system at byte ${offset}, which is not read here: it may boot from it`,
    )
    this.offset = offset
  }
}

function search(
  context: PygrubContext,
  disk: GuestDisk,
  options: PygrubOptions,
  seen: PygrubAnswer,
): { files: GuestFiles; choice: Choice } {
  const { ask, text } = context
  const offsets = offsetsToTry(ask, text.version, disk.source)
  const final = ask.gate('partitions') === 'one'
  for (const offset of offsets) {
    try {
      const files = disk.mountForPygrub(offset)
      const unread = files === undefined ? disk.unreadFormat(offset) : undefined
      if (unread !== undefined && ask.gate('file-systems').includes(unread))
        throw new UnreadFileSystem(unread, offset)
      if (files === undefined || !isMounted(ask, files)) throw NOT_MOUNTED
      seen.offset = offset
      const choice =
        sniffSolaris(ask, files, options) ??
        sniffNetware(ask, files, options) ??
        choose(context, files, options, seen)
      if (choice.kernel !== '' || final) return { files, choice }
    } catch (error) {
      if (final || !(error instanceof PythonError)) throw error
    }
  }
  throw NOTHING_FOUND
}

/** XFS is mounted up to version 4; that nothing is found in some is the reader's matter. */
function isMounted(ask: PygrubReader, files: GuestFiles): boolean {
  return ask.gate('file-systems').includes(files.family) && files.forPygrub !== 'not-mounted'
}

function exists(files: GuestFiles, path: string): boolean {
  return files.pygrubSize(path) !== undefined
}

function sniffSolaris(ask: PygrubReader, files: GuestFiles, options: PygrubOptions): Choice | undefined {
  if (options.solaris === false) return undefined
  const { kernel, archive, kernel64, archive64 } = SOLARIS
  const rule = ask.gate('solaris')
  if (!exists(files, kernel) && !(rule === 'either' && exists(files, kernel64))) return undefined
  const wide = rule === 'amd64' || exists(files, kernel64)
  const choice = wide ? { kernel: kernel64, ramdisk: archive64 } : { kernel, ramdisk: archive }
  return { ...choice, args: solarisArguments(choice.kernel, options.args ?? '') }
}

/** Properties for Xen come first, then the kernel, then the rest. */
function solarisArguments(kernel: string, args: string): string {
  if (args === '') return kernel
  const words = args.split(/\s+/).filter(word => word !== '')
  const isXen = (word: string) => word.startsWith('root=') || word.startsWith('ip=')
  const xen = words.filter(isXen).map(word => `${word} `)
  const user = words.filter(word => !isXen(word) && word !== kernel).map(word => `${word} `)
  return `${xen.join('')} ${kernel} ${user.join('')}`
}

function sniffNetware(ask: PygrubReader, files: GuestFiles, options: PygrubOptions): Choice | undefined {
  if (!ask.gate('netware') || !exists(files, NETWARE)) return undefined
  return { kernel: NETWARE, args: options.args ?? '' }
}

/** run_grub: reads the first configuration file that is there, and takes its default entry. */
function choose(
  context: PygrubContext,
  files: GuestFiles,
  options: PygrubOptions,
  seen: PygrubAnswer,
): Choice {
  const { ask, text } = context
  const config = ask.gate('config-files').find(([path]) => exists(files, path))
  if (config === undefined) {
    throw new PythonError('RuntimeError', "couldn't find bootloader config file in the image provided.")
  }
  const [path, grammar] = config
  seen.config = path
  const limit = ask.gate('config-limit')
  const content = decode(text.version, files.read(path, limit === 0 ? undefined : limit))
  const menu = PARSERS[grammar](context, content)
  const entry = entryOf(context, menu, selected(context, menu, options.entry))
  seen.title = entry.title
  if (entry.kernel === undefined) {
    throw new PythonError('TypeError', "'NoneType' object has no attribute '__getitem__'")
  }
  return {
    kernel: entry.kernel,
    ...(entry.initrd !== undefined && { ramdisk: entry.initrd }),
    args: joinArguments(ask, entry.args ?? '', options.args ?? ''),
  }
}

/** Bytes as Python has them: one character a byte, or UTF-8 without a fault. */
function decode(python: PythonVersion, bytes: Uint8Array): string {
  if (python === 2) return latin1.decode(bytes)
  try {
    return utf8.decode(bytes)
  } catch {
    throw new PythonError('UnicodeDecodeError', "'utf-8' codec can't decode the configuration")
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Not TextDecoder's `latin1`, which is windows-1252. */
const latin1 = {
  decode(bytes: Uint8Array): string {
    const pieces: string[] = []
    for (let at = 0; at < bytes.length; at += 8192) {
      pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
    }
    return pieces.join('')
  },
}

/** The index of the entry to boot: image_index, and --entry. */
function selected({ ask, text }: PygrubContext, menu: Menu, wanted: string | undefined): number {
  let index = typeof menu.default === 'number' ? menu.default : byTitle(menu, menu.default)
  if (wanted === undefined) return index
  if (text.version === 3 && ask.gate('entry-python3') === 'error') {
    throw new PythonError('AttributeError', "module 'string' has no attribute 'atoi'")
  }
  const number = /^\s*[+-]?[0-9]+\s*$/.test(wanted)
    ? Number(wanted)
    : menu.entries.findIndex(({ title }) => title === wanted)
  const least = ask.gate('entry-zero') ? 0 : 1
  if (number >= least && number < menu.entries.length) index = number
  return index
}

/** A number in text, or a title: of a path of titles the last part. */
function byTitle({ entries }: Menu, wanted: string): number {
  if (/^[0-9]+$/.test(wanted)) return Number(wanted) > entries.length ? 0 : Number(wanted)
  let title = wanted
  for (;;) {
    const leaf = /\S>(\S.+$)/.exec(title)?.[1]
    if (leaf === undefined) break
    title = leaf
  }
  return Math.max(
    0,
    entries.findIndex(entry => entry.title === title),
  )
}

function entryOf({ ask }: PygrubContext, { entries }: Menu, index: number): Entry {
  const entry = entries[index]
  if (entry !== undefined) return entry
  switch (ask.gate('default-missing')) {
    case 'name-error':
      throw new PythonError('NameError', "global name 'log' is not defined")
    case 'first':
      if (entries[0] !== undefined) return entries[0]
  }
  throw new PythonError('IndexError', 'list index out of range')
}

function joinArguments(ask: PygrubReader, own: string, extra: string): string {
  switch (ask.gate('arguments')) {
    case 'own-only':
      return own
    case 'added-to-own':
      return own === '' ? '' : `${own} ${extra}`
    default:
      return extra === '' ? own : `${own} ${extra}`
  }
}

/** copy_from_image, of both files: now errors are final. */
function copy(
  { ask, text }: PygrubContext,
  files: GuestFiles,
  choice: Choice,
  options: PygrubOptions,
): PygrubAnswer {
  const take = (path: string, what: string): string => {
    const inside = text.version === 2 ? fromBytes(path) : path
    const size = files.pygrubSize(inside)
    if (size === undefined) {
      if (ask.gate('missing-file') === 'io-error') throw NO_FILE
      throw new ExitMessage(`Error opening ${inside} in guest`)
    }
    const limit = options.restricted ? ask.gate('restricted-file-size') * MIB : 0
    if (limit > 0 && size > limit) throw new ExitMessage(`Error writing temporary copy of ${what}`)
    return files.real(files.pygrubPath(inside)!)
  }
  const kernel = take(choice.kernel, 'kernel')
  const ramdisk = choice.ramdisk ? take(choice.ramdisk, 'ramdisk') : undefined
  const args = text.version === 2 ? fromBytes(choice.args) : choice.args
  return {
    outcome: 'boots',
    kernel,
    ...(ramdisk !== undefined && { ramdisk }),
    ...(args !== '' && { args }),
  }
}

/** sys.exit with a message: no exception is named. */
class ExitMessage extends PythonError {
  override readonly line: string

  constructor(message: string) {
    super('SystemExit', message)
    this.line = message
  }
}

/** Text of one character a byte as UTF-8, where it is that. */
function fromBytes(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text
  try {
    return utf8.decode(Uint8Array.from(text, character => character.charCodeAt(0)))
  } catch {
    return text
  }
}

export interface PygrubSpan extends PygrubAnswer {
  /** Releases of Xen, both ends inclusive. */
  since: string
  until: string
  /** The Python under which this is the answer; null where it does not matter. */
  python: PythonVersion | null
}

/** What pygrub of all releases does with a disk. */
export function pygrubSpans(disk: GuestDisk, options: PygrubOptions = {}): PygrubSpan[] {
  interface Both {
    answers: PygrubAnswer[]
  }
  const same = (a: Both, b: Both) =>
    JSON.stringify(a.answers.map(said)) === JSON.stringify(b.answers.map(said))
  const spans = componentSpans<PygrubGates, Both>(
    pygrub,
    ask => ({ answers: answersOf(ask, disk, options) }),
    same,
  )
  return spans.flatMap(({ since, until, answers }) =>
    answers.map((answer, index) => ({
      since,
      until,
      python: answers.length === 1 ? null : index === 0 ? (2 as const) : (3 as const),
      ...answer,
    })),
  )
}

/** One answer, or those of Python 2 and 3 where they differ. */
function answersOf(ask: PygrubReader, disk: GuestDisk, options: PygrubOptions): PygrubAnswer[] {
  const answers = ask.gate('python').map(python => runPygrub(ask, python, disk, options))
  const [first, second] = answers
  return second === undefined || said(first!) === said(second) ? [first!] : answers
}

/** What of an answer counts for being the same. */
const said = ({ outcome, kernel, ramdisk, args, error, undecided }: PygrubAnswer) =>
  JSON.stringify([outcome, kernel, ramdisk, args, error, undecided])

/** What one release does with a disk: one answer, or those of Python 2 and 3 where they differ. */
export function pygrubAnswers(release: string, disk: GuestDisk, options: PygrubOptions = {}): PygrubSpan[] {
  const index = pygrub.versions.indexOf(release)
  if (index < 0) throw new RangeError(`Cannot run pygrub of Xen ${release}: the release is not known`)
  const answers = answersOf(new ComponentReader(pygrub, index), disk, options)
  return answers.map((answer, at) => ({
    since: release,
    until: release,
    python: answers.length === 1 ? null : at === 0 ? 2 : 3,
    ...answer,
  }))
}
