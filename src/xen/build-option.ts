/**
 * What is known of a build, as a command line says it: `full`, or `pv32=true,decoders.xz=false`.
 * @module
 */
import type { Codec } from '../facts/facts.ts'
import { FULL_BUILD, type HostOptions } from './host-options.ts'

export type BuildFacts = NonNullable<HostOptions['build']>

const FLAGS = ['pv', 'pv32', 'pvh', 'verbose'] as const
const CODECS = Object.keys(FULL_BUILD.decoders ?? {}) as Codec[]

/** Everything that may be given, for those who gave something else. */
export const BUILD_KEYS = `full, ${FLAGS.join(', ')}, decoders=CODEC+CODEC, decoders.CODEC (${CODECS.join(', ')})`

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, yes: true, false: false, no: false }

/** Reads `text`; what is wrong is in `refused`, part by part. Of keys that come again the last one counts. */
export function parseBuildOption(text: string): { build: BuildFacts; refused: string[] } {
  let build: BuildFacts = {}
  const refused: string[] = []
  for (const part of text.split(',').map(part => part.trim())) {
    const read = readPart(part)
    if (read === undefined) refused.push(part)
    else build = mergeBuilds(read, build) ?? {}
  }
  return { build, refused }
}

function readPart(part: string): BuildFacts | undefined {
  if (part === 'full') return FULL_BUILD
  const [, key, value] = /^([\w.]+)=(.+)$/.exec(part) ?? []
  if (key === undefined || value === undefined) return undefined
  if (key === 'decoders') return listed(value.split('+'))
  const flag = Object.hasOwn(BOOLEANS, value) ? BOOLEANS[value] : undefined
  if (flag === undefined) return undefined
  const name = FLAGS.find(known => known === key)
  if (name !== undefined) return { [name]: flag }
  const codec = CODECS.find(known => key === `decoders.${known}`)
  return codec === undefined ? undefined : { decoders: { [codec]: flag } }
}

/** The option that says what is known of a build: what `parseBuildOption` reads as the same. */
export function buildOptionText({ decoders = {}, ...flags }: BuildFacts): string {
  return [
    ...FLAGS.filter(flag => flags[flag] !== undefined).map(flag => `${flag}=${flags[flag]}`),
    ...CODECS.filter(codec => decoders[codec] !== undefined).map(
      codec => `decoders.${codec}=${decoders[codec]}`,
    ),
  ].join(',')
}

/** A list names all decoders that there are. */
function listed(names: readonly string[]): BuildFacts | undefined {
  if (!names.every(name => (CODECS as string[]).includes(name))) return undefined
  return { decoders: Object.fromEntries(CODECS.map(codec => [codec, names.includes(codec)])) }
}

/** What `first` says, and where it says nothing, what `second` does; undefined where neither says anything. */
export function mergeBuilds(first: BuildFacts = {}, second: BuildFacts = {}): BuildFacts | undefined {
  const decoders = { ...second.decoders, ...first.decoders }
  const build = {
    ...second,
    ...first,
    ...(Object.keys(decoders).length > 0 && { decoders }),
  }
  return Object.keys(build).length > 0 ? build : undefined
}
