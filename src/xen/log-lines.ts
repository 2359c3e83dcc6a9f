/** What an operator finds in the logs of a refusal, besides the cause: the lines that come after it. */
import type { BootMode } from './boot-mode.ts'
import type { GateReader } from './gate-reader.ts'
import type { Answer } from './verdict.ts'

export interface LogLines {
  /** The lines, in order; the last is the same for every cause. */
  lines: string[]
  /** Set where the log does not name the cause, and says why and what it does instead. */
  silent?: string
}

/** The log of a refusal by the release that `ask` reads; undefined for any other verdict. */
export function logLinesOf(
  answer: Pick<Answer, 'verdict' | 'stage' | 'message' | 'messageOf' | 'code'>,
  { role }: BootMode,
  ask: GateReader,
): LogLines | undefined {
  const { verdict, stage, message, messageOf } = answer
  if (verdict !== 'refuses') return undefined
  if (messageOf === 'panic') return { lines: [`Panic on CPU 0: ${message}`] }
  const dom0 = role === 'dom0'
  const last = dom0
    ? `Panic on CPU 0: ${ask.gate('dom0-panic')}`
    : stage === 'guest-type'
      ? 'xc_dom_boot_image failed'
      : ask.gate('domU-final-text')
  const lines = [message, last].filter(line => typeof line === 'string')
  const silent = whySilent(answer, dom0)
  return { lines, ...(silent !== undefined && { silent }) }
}

function whySilent(
  { message, messageOf, code }: Pick<Answer, 'message' | 'messageOf' | 'code'>,
  dom0: boolean,
): string | undefined {
  if (code === 'hvm-firmware') return 'The domain is built, and crashes when it starts'
  if (message === undefined) {
    return `The loader says nothing of the cause: only ${dom0 ? 'the panic' : 'the failure to build the domain'} shows`
  }
  if (messageOf === 'search') {
    return 'The loader tries the kernel without a log: the cause is not in it, only that no loader was found'
  }
  if (messageOf === 'earlier-loader') {
    return 'The line is about the loader that was tried before: of the cause itself nothing is said'
  }
  return undefined
}
