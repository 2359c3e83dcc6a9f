/**
 * Records to JSON. They travel between threads, through journals and to the reports as text, because nothing is cheaper
 * to pass on and to print. All of it is harmless on a terminal: the facts of an ELF that are JSON already are ASCII.
 * @module
 */
import { jsonText } from '../document/printable.ts'
import type { Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import type { ImageRecord } from './type.ts'

/** A record to write; with `elfJson` the facts of its ELF are JSON already, and `facts.elf` is absent. */
export interface WritableRecord extends Omit<ImageRecord, 'kind'> {
  elfJson?: string
}

/** `{"kind": …, "container"?: …, "remarks"?: …, "digest"?: …, "facts": …, "problem"?: …}`. `facts.elf` comes last among the facts. */
export function recordJson(record: WritableRecord): string {
  const { facts, elfJson, problem, digest, container, remarks } = record
  const { kind } = facts
  if (isSizeAlone(record)) return unknownJson(facts, problem!)
  if (elfJson === undefined) return jsonText({ kind, container, remarks, digest, facts, problem })
  const head = jsonText({ kind, container, remarks, digest, facts }).slice(0, -2)
  const tail = problem === undefined ? '' : `,"problem":${jsonText(problem)}`
  return `${head},"elf":${elfJson}}${tail}}`
}

/** Nothing is known of the file but its size, as of nearly all files of a tree. */
const isSizeAlone = ({ facts, problem, digest, container, remarks }: WritableRecord): boolean =>
  problem?.code === 'not-a-kernel' &&
  facts.kind === 'unknown' &&
  facts.layers.length === 0 &&
  Object.keys(facts).length === SIZE_ALONE &&
  problem.offset === 0 &&
  (digest ?? container ?? remarks) === undefined

/** Of `version`, `size`, `kind` and `layers`. */
const SIZE_ALONE = 4

let unknown: { problem: string; head: string; tail: string } | undefined

/** Writes what such records share once. */
function unknownJson(facts: Facts, problem: Problem): string {
  if (unknown?.problem !== problem.message) {
    const size = '"size":'
    const json = jsonText({ kind: facts.kind, facts: { ...facts, size: 0 }, problem })
    const at = json.indexOf(size) + size.length
    unknown = { problem: problem.message, head: json.slice(0, at), tail: json.slice(at + 1) }
  }
  return `${unknown.head}${facts.size}${unknown.tail}`
}

/** `{"image": …, "kind": …, "facts": …, "problem"?: …}`: the record's JSON with the address of its image. */
export const addressedJson = (image: string, record: string): string =>
  `{"image":${jsonText(image)},${record.slice(1)}`

/** A record as text. */
export interface RecordText {
  /** What recordJson returned. */
  json: string
  /** The code of the problem that the record has. */
  problem?: Problem['code']
  /** No kernel, though it can be read: an empty file, a module, a library, a program. */
  isOrdinary?: true
  /** The path inside the container that the image is in; absent for an image that is the file. */
  inside?: string
}

export function recordText(record: WritableRecord, inside?: string): RecordText {
  const text: RecordText = { json: recordJson(record) }
  if (record.problem !== undefined) text.problem = record.problem.code
  if (inside !== undefined) text.inside = inside
  return text
}

/** A file or a container in which there is no kernel: only counted, unless it was named. */
export const isNoKernel = ({ problem, isOrdinary }: RecordText): boolean =>
  isOrdinary === true || problem === 'not-a-kernel' || problem === 'no-kernel-inside'
