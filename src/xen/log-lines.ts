/** What an operator finds in the logs of a refusal: every error line, in order. */
import type { BootMode } from './boot-mode.ts'
import { GateReader } from './gate-reader.ts'
import { releaseIndex, releases } from './releases.ts'
import { NO_ADDRESS_SIZE } from './toolstack/guest-type.ts'
import type { Answer, AnswerSpan } from './verdict.ts'

export interface LogLines {
  /** The lines, in order; the last is the same for every cause. */
  lines: string[]
  /** Those of them that are logged of kernels that load, too: they mean nothing. */
  noise?: string[]
  /** Set where no line is about the cause, and says what happens instead. */
  silent?: string
}

type Said = Pick<Answer, 'verdict' | 'stage' | 'message' | 'messageOf' | 'code' | 'logged'>

/** A panic takes two lines. */
const panic = (text: string) => ['Panic on CPU 0:', text]

/** The log of a refusal by the release that `ask` reads; undefined for any other verdict. */
export function logLinesOf(answer: Said, { role }: BootMode, ask: GateReader): LogLines | undefined {
  const { verdict, message, messageOf, logged = [] } = answer
  if (verdict !== 'refuses') return undefined
  const before = logged.map(({ text }) => text)
  const isLogged = messageOf !== 'panic' && messageOf !== 'check'
  if (message !== undefined && isLogged && !before.includes(message)) before.push(message)
  const noise = logged.filter(line => line.noise === true).map(({ text }) => text)
  const lines = [...before, ...lastLines(answer, role === 'dom0', ask)]
  const silent =
    before.length > noise.length || messageOf === 'panic'
      ? undefined
      : whySilent(answer, role === 'dom0', noise.length > 0)
  const isOnlySearch = messageOf === 'search' && before.length - noise.length === 1
  return {
    lines,
    ...(noise.length > 0 && { noise }),
    ...(isOnlySearch && { silent: SEARCH }),
    ...(silent !== undefined && { silent }),
  }
}

/** A span cut where the lines of the log change, each part with its own. */
export function logSpans(span: AnswerSpan, mode: BootMode): (AnswerSpan & { log?: LogLines })[] {
  if (span.verdict !== 'refuses') return [span]
  const parts: (AnswerSpan & { log?: LogLines })[] = []
  const end = releaseIndex(span.until)!
  for (let index = releaseIndex(span.since)!; index <= end; ) {
    const ask = new GateReader(index)
    const log = logLinesOf(span, mode, ask)
    const last = Math.min(ask.last, end)
    parts.push({
      ...span,
      since: releases[index]!,
      until: releases[last]!,
      ...(log !== undefined && { log }),
    })
    index = last + 1
  }
  return parts
}

const SEARCH =
  'The loader tries the kernel without a log: the cause is not in it, only that no loader was found'

/** With what every refusal ends. */
function lastLines({ stage, code, message, messageOf }: Said, dom0: boolean, ask: GateReader): string[] {
  if (messageOf === 'panic') return panic(message!)
  if (dom0) return panic(ask.gate('dom0-panic'))
  // The domain is built: what fails comes later.
  if (code === 'hvm-firmware') return []
  const last = ask.gate('domU-final-text')
  // xend passed on what libxc said.
  if (last === null) return []
  if (stage !== 'guest-type') return [last]
  if (message === NO_ADDRESS_SIZE) return ['xc_dom_boot_mem_init failed']
  return [messageOf === 'check' ? 'xc_dom_mem_init failed' : 'xc_dom_boot_image failed']
}

function whySilent({ code }: Said, dom0: boolean, isNoisy: boolean): string {
  if (code === 'hvm-firmware') return 'The domain is built, and crashes when it starts'
  if (isNoisy)
    return 'The line is about the loader that was tried before: of the cause itself nothing is said'
  return `The loader says nothing of the cause: only ${dom0 ? 'the panic' : 'the failure to build the domain'} shows`
}
