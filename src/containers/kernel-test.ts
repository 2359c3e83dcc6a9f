/** Whether a file inside a container is a kernel, or one of the many other files that are compressed or ELF. */
import type { Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { detect, detectStream } from '../unwrap/detect.ts'
import { foreignFile } from '../unwrap/foreign.ts'

/** As much of a file's start as tells. */
export const LOOK_LENGTH = 1024

/** `e_type` of an executable. */
const ET_EXEC = 2

/** What the first bytes of a file say: nothing more of it need be read for `no`; `packed` means by what is in it. */
export function looksLikeKernel(head: Uint8Array): 'yes' | 'no' | 'packed' {
  if (head.length === 0 || isText(head)) return 'no'
  return detectStream(head) === undefined ? 'yes' : 'packed'
}

/** What a packed file unpacks to is a kernel's start: an ELF, in gzip a bzImage, or a kernel for another machine. */
export const startsKernel = (head: Uint8Array): boolean => {
  const kind = detect(head)
  return kind === 'elf' || kind === 'bzimage' || foreignFile(head)?.isKernel === true
}

/** Configurations, symbol tables, scripts. */
function isText(head: Uint8Array): boolean {
  return head.every(
    byte => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13 || byte >= 0x80,
  )
}

/**
 * Whether the facts are those of a kernel. A bare ELF may be any program or module: where kernels lie it is one if it
 * is an executable, and anywhere if it has notes for Xen.
 */
export function isKernel(facts: Facts, problem: Problem | undefined, isExpected: boolean): boolean {
  if (problem?.code === 'not-a-kernel' || problem?.code === 'empty') return false
  const { elf, kind } = facts
  if (kind !== 'elf' || elf === undefined) return true
  if (elf.notes.some(({ owner }) => owner === 'Xen') || elf.guest !== undefined) return true
  return isExpected && elf.type === ET_EXEC
}
