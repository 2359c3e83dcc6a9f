/**
 * The address of what is shown: every filter, order, mode, row and cell is in the part of the URL after `#`, so that a
 * place can be shared, and back and forward work. No DOM.
 * @module
 */
import { type Look, looks } from '../report/html/words.ts'
import type { Model } from './model.ts'
import { firstSettings, ORDERS, type Settings } from './settings.ts'
import type { Target } from './target.ts'

/** What an address starts with; `#matrix` alone is a link to the section and changes nothing. */
const START = '#matrix?'
/** Stands for settings that are as they are at first. */
const ALL = 'all'

export interface Place {
  settings: Settings
  /** What the panel is about. */
  target?: Target
}

const numbers = (list: Iterable<number | string>) => [...list].join(',')

/** The address of a place; what is as it is at first is left out. */
export function addressOf(model: Model, { settings, target }: Place): string {
  const first = firstSettings(model)
  const { modes } = model.data
  const query = new URLSearchParams()
  if (settings.mode !== first.mode) query.set('mode', modes[settings.mode]!)
  if (settings.show !== first.show) query.set('show', settings.show)
  if (settings.looks.size > 0) query.set('answer', [...settings.looks].join(','))
  if (settings.cause !== undefined) query.set('cause', String(settings.cause + 1))
  if (settings.laterRefusals) query.set('later', '')
  if (settings.fresh) query.set('new', '')
  if (settings.added !== first.added) query.set('added', settings.added ? '1' : '0')
  if (settings.kernel !== '') query.set('kernel', settings.kernel)
  if (settings.build !== '') query.set('build', settings.build)
  if (settings.order !== first.order) query.set('rows', settings.order)
  if (settings.columns !== first.columns) query.set('columns', settings.columns)
  if (!settings.together) query.set('each', '')
  for (const key of settings.folded) query.append('fold', key)
  if (settings.unfolded.size > 0) query.set('open', numbers(settings.unfolded))
  if (target !== undefined) writeTarget(query, model, target)
  const text = query.toString().replaceAll('=&', '&').replace(/=$/, '')
  return START + (text === '' ? ALL : text)
}

function writeTarget(query: URLSearchParams, { data }: Model, target: Target): void {
  switch (target.kind) {
    case 'kernel':
      query.set('of', String(target.kernel))
      break
    case 'builds':
      query.set('on', numbers(target.builds))
      break
    case 'cell':
      query.set('of', String(target.kernel))
      query.set('on', numbers(target.builds))
      query.set('as', data.modes[target.mode]!)
      if (target.alike !== undefined) query.set('alike', '')
  }
}

/** The place of an address; undefined for one that is no place in the matrix. What it does not know is passed over. */
export function placeAt(model: Model, address: string): Place | undefined {
  if (!address.startsWith(START)) return undefined
  const query = new URLSearchParams(address.slice(START.length))
  const first = firstSettings(model)
  const { modes, causes } = model.data
  const oneOf = <Value extends string>(name: string, values: readonly Value[], otherwise: Value) =>
    values.find(value => value === query.get(name)) ?? otherwise
  const mode = (modes as readonly string[]).indexOf(query.get('mode') ?? '')
  const cause = Number(query.get('cause')) - 1
  const picked = (query.get('answer') ?? '').split(',')
  const settings: Settings = {
    mode: mode === -1 ? first.mode : mode,
    show: oneOf('show', model.shows, first.show),
    looks: new Set(looks.filter((look): look is Look => picked.includes(look))),
    cause: causes[cause] === undefined ? undefined : cause,
    laterRefusals: query.has('later'),
    fresh: query.has('new'),
    added: query.has('added') ? query.get('added') === '1' : first.added,
    kernel: query.get('kernel') ?? '',
    build: query.get('build') ?? '',
    order: oneOf('rows', ORDERS, first.order),
    columns: oneOf('columns', ['builds', 'series'], first.columns),
    together: !query.has('each'),
    folded: new Set(query.getAll('fold')),
    unfolded: new Set((query.get('open') ?? '').split(',').filter(Boolean)),
  }
  const target = readTarget(query, model)
  return target === undefined ? { settings } : { settings, target }
}

/** Undefined where a kernel, a build or a mode is none of this report. */
function readTarget(query: URLSearchParams, model: Model): Target | undefined {
  const { kernels, builds, modes } = model.data
  const kernel = query.has('of') ? Number(query.get('of')) : undefined
  if (kernel !== undefined && kernels[kernel] === undefined) return undefined
  const on = (query.get('on') ?? '').split(',').filter(Boolean).map(Number)
  if (on.some(build => builds[build] === undefined)) return undefined
  if (on.length === 0) return kernel === undefined ? undefined : { kind: 'kernel', kernel }
  const [first] = on
  const label = on.length === 1 ? builds[first!]!.label : builds[first!]!.series
  if (kernel === undefined) return { kind: 'builds', label, builds: on }
  const mode = (modes as readonly string[]).indexOf(query.get('as') ?? '')
  if (mode === -1) return undefined
  const alike = query.has('alike') && model.alike(mode).find(members => members.includes(kernel))
  return { kind: 'cell', kernel, builds: on, mode, ...(alike && { alike }) }
}
