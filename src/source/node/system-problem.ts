/** What a failed system call means for what was to be read. */
import type { Problem } from '../../problem.ts'

/** What the system says of a call that failed: its code, or the sentence of the rarer ones that Deno has no code for. */
export const systemReason = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error))

/**
 * What a failed system call means for the image, or directory of images, at `path`. A name that is not UTF-8 reached
 * us with U+FFFD in it, and no longer leads to its file.
 */
export function systemProblem(error: unknown, path: string, kind: 'file' | 'directory' = 'file'): Problem {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') {
    if (path.includes('\ufffd')) {
      return { code: 'unreadable', message: `Cannot open the ${kind}: its name is not UTF-8` }
    }
    return { code: 'vanished', message: `Cannot open the ${kind}: it is not there (ENOENT)` }
  }
  if (code === 'ELOOP') {
    return { code: 'unreadable', message: `Cannot open the ${kind}: its links lead in a circle (ELOOP)` }
  }
  return { code: 'unreadable', message: `Cannot read the ${kind}: the system says ${systemReason(error)}` }
}

/** For a path that is no regular file. */
export const NOT_A_FILE: Problem = {
  code: 'not-a-file',
  message: 'Cannot read the file: it is a device, a FIFO, a socket or a directory',
}
