/**
 * A report in a file. It is written to another file of the same directory, which takes its name when it is whole: a
 * run that fails or is killed leaves the last report as it was.
 * @module
 */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { systemReason } from '../source/node/system-problem.ts'
import { atExit } from './ending.ts'
import { type Place, placeOf, screen, tell, type Written } from './screen.ts'
import { type Outcome, type Sink, SinkError } from './sink.ts'
import { UsageError } from './usage-error.ts'

/** More links than this lead nowhere, as the system has it too. */
const MAX_LINKS = 40
/** Names for a file that is open already: there is nothing to rename. */
const OPEN_FILE = /^\/(?:dev\/(?:fd\/|std(?:in|out|err)$)|proc\/)/
const UNFINISHED = /^\.xen-preflight-[0-9a-f]{16}\.tmp$/

/** Whether a path is that of a report that is being written, or of one whose writer was killed. */
export const isUnfinishedReport = (path: string): boolean => UNFINISHED.test(basename(path))

/** A new name in the same directory for what is to become the file at `place`. */
export const unfinishedBeside = (place: string): string =>
  join(dirname(place), `.xen-preflight-${randomBytes(8).toString('hex')}.tmp`)

/** What is said where a file cannot be opened for writing. */
export const cannotWrite = (path: string, error: unknown) =>
  new UsageError(`Cannot write ${path}: the system says ${systemReason(error)}`)

/** What is said where writing was begun and cannot be ended. */
export const cannotGoOn = (path: string, error: unknown) =>
  new SinkError(`Cannot go on writing ${path}: the system says ${systemReason(error)}`, { cause: error })

/** Where a path leads, links followed; the last of them may lead to where no file is yet. */
export function followLinks(path: string): string {
  let place = resolve(path)
  for (let links = 0; links < MAX_LINKS && !OPEN_FILE.test(place); links++) {
    try {
      place = resolve(realpathSync(dirname(place)), readlinkSync(place))
    } catch {
      break
    }
  }
  return place
}

/**
 * Opens a file for a report. What is no regular file (a pipe, a device) is written at once. Throws a UsageError where
 * it cannot be written.
 */
export function fileSink(path: string): Sink {
  const place = followLinks(path)
  const old = statSync(place, { throwIfNoEntry: false })
  if (OPEN_FILE.test(place)) return directSink(path, 'a')
  if (old !== undefined && !old.isFile()) return directSink(path, 'w')
  try {
    // The file must be writable, though it is replaced. Deno's access() asks for a permission of its own.
    if (old !== undefined) closeSync(openSync(place, 'r+'))
  } catch (error) {
    throw cannotWrite(path, error)
  }
  const temporary = unfinishedBeside(place)
  // Before there is something to remove: a signal may come at any time.
  const forget = atExit(() => remove(temporary))
  let fd: number
  try {
    fd = openSync(temporary, 'wx')
  } catch (error) {
    forget()
    if (!mayNot(error)) throw cannotWrite(path, error)
    const sink = directSink(path, 'w')
    tell(
      `Cannot create a file beside ${path} (the system says ${systemReason(error)}): it is overwritten in place`,
    )
    return sink
  }
  let isOpen = true
  return {
    write: text => writeAll(fd, path, text, 'elsewhere'),
    end(outcome) {
      if (!isOpen) return
      isOpen = false
      try {
        closeReport(fd, path, outcome === 'failed')
        if (outcome !== 'failed') putInPlace(temporary, path, place, old, outcome)
      } finally {
        remove(temporary)
        forget()
      }
    },
  }
}

/** Whether a file could not be created for want of permission: its directory may be closed to us where it is not. */
function mayNot(error: unknown): boolean {
  const { code, name } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || name === 'NotCapable'
}

/** Writes into the file itself. What is open already is appended to: others may have written to it before. */
function directSink(path: string, flag: 'a' | 'w'): Sink {
  let fd: number
  try {
    fd = openSync(path, flag)
  } catch (error) {
    throw cannotWrite(path, error)
  }
  const place = placeOf(fd)
  let isOpen = true
  return {
    write: text => writeAll(fd, path, text, place),
    end() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

function writeAll(fd: number, path: string, text: Written, place: Place): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  screen.beginWriting(place, text)
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
  } catch (error) {
    throw cannotGoOn(path, error)
  } finally {
    screen.endWriting(place, text)
  }
}

/** Power may fail: the bytes are on the disk before the name is theirs. */
function closeReport(fd: number, path: string, failed: boolean): void {
  try {
    if (!failed) fsyncSync(fd)
  } catch (error) {
    throw cannotGoOn(path, error)
  } finally {
    closeSync(fd)
  }
}

/** Gives a report its name; one that was stopped does not take that of a whole one. */
function putInPlace(
  temporary: string,
  path: string,
  place: string,
  old: Stats | undefined,
  outcome: Outcome,
): void {
  const isPartial = outcome === 'stopped' && (old?.size ?? 0) > 0
  const target = isPartial ? `${place}.partial` : place
  try {
    if (old !== undefined) takeOver(temporary, old)
    try {
      renameSync(temporary, target)
    } catch (error) {
      // A file that is mounted has a name that cannot be taken.
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EBUSY' && code !== 'EXDEV') throw error
      copyFileSync(temporary, target)
    }
  } catch (error) {
    throw cannotGoOn(path, error)
  }
  if (isPartial) {
    tell(`${path} is the report of before, because this one was stopped; what it has is in ${path}.partial`)
  }
}

/** The mode of the old file, and its owner where we may. */
function takeOver(temporary: string, { mode, uid, gid }: Stats): void {
  chmodSync(temporary, mode & 0o7777)
  try {
    chownSync(temporary, uid, gid)
  } catch {
    // Only root gives files away.
  }
}

/** Removes a file that may be gone already. */
export function remove(temporary: string): void {
  try {
    unlinkSync(temporary)
  } catch {
    // It has its name already.
  }
}
