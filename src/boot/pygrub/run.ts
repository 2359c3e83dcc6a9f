/** pygrub on a disk, from the partition table to the files that it copies (tools/pygrub/src/pygrub). */
import type { GuestDisk } from '../guest-disk.ts'
import type { GuestFiles } from '../guest-files.ts'
import type { PygrubAnswer, PygrubChoice, PygrubOptions } from './answer.ts'
import { chooseEntry } from './choose.ts'
import type { PygrubContext } from './lines.ts'
import { offsetsToTry } from './partitions.ts'
import type { PygrubReader } from './pygrub.ts'
import { PythonError, PythonText, type PythonVersion } from './python.ts'
import { sniff } from './sniff.ts'

const NOTHING_FOUND = new PythonError('RuntimeError', 'Unable to find partition containing kernel')
const NOT_MOUNTED = new PythonError('IOError', '[Errno 95] Operation not supported')
const NO_FILE = new PythonError('IOError', '[Errno 2] No such file or directory')
const MIB = 2 ** 20

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
): { files: GuestFiles; choice: PygrubChoice } {
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
      const choice = sniff(ask, files, options) ?? chooseEntry(context, files, options, seen)
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

/** copy_from_image, of both files: now errors are final. */
function copy(
  { ask, text }: PygrubContext,
  files: GuestFiles,
  choice: PygrubChoice,
  options: PygrubOptions,
): PygrubAnswer {
  const take = (path: string, what: string): string => {
    const inside = text.name(path)
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
  const args = text.name(choice.args)
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
