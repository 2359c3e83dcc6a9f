/**
 * What one cell of the matrix says: one build's answer, or the worst of a series.
 * @module
 */
import { type Look, looks } from '../report/html/words.ts'
import type { Model } from './model.ts'
import { picksCells, type Settings } from './settings.ts'

export interface CellView {
  look: Look
  /** The state after the change, by index. */
  cause: number | undefined
  /** The code of that cause, empty where there is none. */
  code: string
  /** True where the builds of a series answer differently. */
  mixed: boolean
  /** True for what was picked out; the others step back. */
  picked: boolean
  /** The first release that refuses what starts today. */
  laterRefusal: string | undefined
  ignored: boolean
  /** True where the baseline has all of it too. */
  known: boolean
}

const rank = (look: Look) => looks.indexOf(look)

/** Undefined where nothing is placed. */
export function cellView(
  model: Model,
  settings: Settings,
  kernel: number,
  builds: readonly number[],
): CellView | undefined {
  const { mode, show } = settings
  const all = !picksCells(settings)
  let view: CellView | undefined
  for (const build of builds) {
    const state = model.state(mode, kernel, build)
    if (state === undefined) continue
    const look = model.look(state, show)
    const cause = model.cause(state, show)
    const laterRefusal = model.laterRefusal(mode, kernel, build)?.release
    const picked =
      all ||
      ((settings.looks.size === 0 || settings.looks.has(look)) &&
        (settings.cause === undefined || settings.cause === cause) &&
        (!settings.laterRefusals || laterRefusal !== undefined) &&
        (!settings.fresh || (cause !== undefined && look !== 'fixed' && !state.known)))
    const ignored = model.ignored(mode, kernel, build) !== undefined
    if (view === undefined) {
      const known = state.known === true
      view = {
        look,
        cause,
        code: model.causeCode(cause),
        mixed: false,
        picked,
        laterRefusal,
        ignored,
        known,
      }
      continue
    }
    if (look !== view.look) view.mixed = true
    if (rank(look) < rank(view.look)) {
      view.look = look
      view.cause = cause
      view.code = model.causeCode(cause)
    }
    view.picked ||= picked
    view.laterRefusal ??= laterRefusal
    view.ignored ||= ignored
    view.known &&= state.known === true
  }
  return view
}
