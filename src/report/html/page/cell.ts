/**
 * What one cell of the matrix says: one build's answer, or the worst of a series.
 * @module
 */
import { type Look, looks } from '../words.ts'
import type { Model } from './model.ts'
import { picksCells, type Settings } from './settings.ts'

export interface CellView {
  look: Look
  /** What stands behind it, empty where nothing does. */
  cause: string
  /** True where the builds of a series answer differently. */
  mixed: boolean
  /** True for what was picked out; the others step back. */
  picked: boolean
  /** The first release that refuses what starts today. */
  trap: string | undefined
  ignored: boolean
  guests: number
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
    const trap = model.trap(mode, kernel, build)?.release
    const picked =
      all ||
      ((settings.looks.size === 0 || settings.looks.has(look)) &&
        (settings.cause === '' || settings.cause === cause) &&
        (!settings.traps || trap !== undefined))
    const guests = model.guests(mode, kernel, build)
    const ignored = model.ignored(mode, kernel, build) !== undefined
    if (view === undefined) {
      view = { look, cause, mixed: false, picked, trap, ignored, guests }
      continue
    }
    if (look !== view.look) view.mixed = true
    if (rank(look) < rank(view.look)) {
      view.look = look
      view.cause = cause
    }
    view.picked ||= picked
    view.trap ??= trap
    view.ignored ||= ignored
    view.guests += guests
  }
  return view
}
