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

/** Has `stop` called by signals instead of ending, with the exit code that is due. Returns a function that takes it back. */
export function onStop(stop: (exitCode: number) => void): () => void {
  onSignal = stop
  listen()
  return () => {
    onSignal = undefined
    listen()
  }
}
