/**
 * Records to JSON. They travel between threads, through journals and to the reports as text, because nothing is cheaper
 * to pass on and to print. All of it is harmless on a terminal: the facts of an ELF that are JSON already are ASCII.
 * @module
 */
import { jsonText } from '../document/printable.ts'
import type { Problem } from '../problem.ts'
import type { ImageRecord } from './type.ts'

/** A record to write; with `elfJson` the facts of its ELF are JSON already, and `facts.elf` is absent. */
export interface WritableRecord extends Omit<ImageRecord, 'kind'> {
  elfJson?: string
}

/** `{"kind": …, "container"?: …, "remarks"?: …, "digest"?: …, "facts": …, "problem"?: …}`. `facts.elf` comes last among the facts. */
export function recordJson({ facts, elfJson, problem, digest, container, remarks }: WritableRecord): string {
  const { kind } = facts
  if (elfJson === undefined) return jsonText({ kind, container, remarks, digest, facts, problem })
  const head = jsonText({ kind, container, remarks, digest, facts }).slice(0, -2)
  const tail = problem === undefined ? '' : `,"problem":${jsonText(problem)}`
  return `${head},"elf":${elfJson}}${tail}}`
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
