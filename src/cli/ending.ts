/**
 * How the program ends before its time: what has to be cleared away then, and who may end in order.
 * @module
 */
import { constants } from 'node:os'

const SIGNALS =
  process.platform === 'win32' ? (['SIGINT'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)

const actions = new Set<() => void>()
let onSignal: ((exitCode: number) => void) | undefined
let isListening = false

const runActions = () => {
  for (const action of actions) action()
}

function handle(signal: NodeJS.Signals): void {
  const exitCode = 128 + constants.signals[signal]
  if (onSignal === undefined) process.exit(exitCode)
  else onSignal(exitCode)
}

/** Listens only while there is something to do: a signal ends the program at once otherwise. */
function listen(): void {
  const wanted = actions.size > 0 || onSignal !== undefined
  if (wanted === isListening) return
  isListening = wanted
  const change = wanted ? 'on' : 'off'
  process[change]('exit', runActions)
  for (const signal of SIGNALS) process[change](signal, handle)
}

/** Has `action` run when the program ends, also by a signal. Returns a function that takes it back. */
export function atExit(action: () => void): () => void {
  actions.add(action)
  listen()
  return () => {
    actions.delete(action)
    listen()
  }
}

/** A run that a signal ends in order. */
export interface Interruption {
  /** Aborted by the first signal. */
  signal: AbortSignal
  /** What is due once a signal has come. */
  readonly exitCode: number | undefined
  /** Lets signals end the program at once again. */
  forget(): void
}

/**
 * Has the first signal abort a run instead of ending the program; the second one ends it at once.
 *
 * @param within Milliseconds after the first signal in which the program ends in any case; no limit where absent.
 */
export function onInterrupt(within?: number): Interruption {
  const controller = new AbortController()
  let exitCode: number | undefined
  onSignal = due => {
    if (exitCode !== undefined) process.exit(exitCode)
    exitCode = due
    controller.abort()
    if (within !== undefined) setTimeout(() => process.exit(due), within).unref()
  }
  listen()
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    forget() {
      onSignal = undefined
      listen()
    },
  }
}
