import { type Schema as JsonSchema, type OutputUnit, Validator } from '@cfworker/json-schema'
import { nearest } from './nearest.ts'
import type { Schema } from './schema.ts'
import { isRecord, type Path, type Step } from './tree.ts'

/** One thing that the schema does not allow, at a path below the value that was checked. */
export interface Complaint {
  code: 'unknown-field' | 'wrong-value'
  path: Path
  message: string
  /** Set where the whole value is of no use: it is something else, or a field that it needs is. */
  fatal?: true
}

export type Check = (value: unknown) => Complaint[]

/** These only say that something below them is wrong. */
const STRUCTURAL = new Set(['properties', 'additionalProperties', 'items', 'anyOf'])

/** A check by `schema` whose complaints name what was expected and what was found. */
export function checker(schema: Schema): Check {
  const validator = new Validator(schema as JsonSchema, '2020-12', false)
  return value => {
    const complaints = new Map<string, Complaint>()
    for (const unit of validator.validate(value).errors) {
      const complaint = complain(unit, value, schema)
      if (!complaint) continue
      const [first, ...deeper] = complaint.path
      const fatal = first === undefined || (deeper.length === 0 && schema.required?.includes(String(first)))
      complaints.set(JSON.stringify(complaint.path), fatal ? { ...complaint, fatal } : complaint)
    }
    return [...complaints.values()]
  }
}

function complain(unit: OutputUnit, root: unknown, schema: Schema): Complaint | undefined {
  if (STRUCTURAL.has(unit.keyword)) return undefined
  const [path, value] = follow(unit.instanceLocation, root)
  const [around, at] = schemasAt(schema, path)
  if (at === undefined) {
    const known = Object.keys(around?.properties ?? {})
    const name = String(path.at(-1))
    const close = nearest(name, known)
    const message = close
      ? `expected a known field such as ${close}, found ${name}`
      : `expected one of ${known.join(', ')}, found ${name}`
    return { code: 'unknown-field', path, message }
  }
  if (unit.keyword === 'required' && isRecord(value)) {
    const missing = (at.required ?? []).filter(name => !(name in value))
    const either = (at.anyOf ?? []).some(({ required }) => required.every(name => name in value))
    if (missing.length === 0 && (at.anyOf === undefined || either)) return undefined
    const message =
      missing.length > 0
        ? `expected ${at.title}, found no ${missing.join(', no ')}`
        : `expected ${at.title}, found none of ${at.anyOf?.flatMap(one => one.required).join(', ')}`
    return { code: 'wrong-value', path, message }
  }
  return {
    code: 'wrong-value',
    path,
    message: `expected ${at.title}, found ${shown(value)}${hint(value, at)}`,
  }
}

/** The schema around the last step of `path`, and the one at it if there is any. */
function schemasAt(schema: Schema, path: Path): [Schema | undefined, Schema | undefined] {
  let around: Schema | undefined
  let at: Schema | undefined = schema
  for (const step of path) {
    around = at
    const own: Schema | undefined =
      around?.properties && Object.hasOwn(around.properties, step) ? around.properties[step] : undefined
    at = typeof step === 'number' ? around?.items : (own ?? (around?.additionalProperties || undefined))
  }
  return [around, at]
}

/** The path and the value that a JSON pointer in its URI form (RFC 6901, section 6) leads to. */
function follow(pointer: string, root: unknown): [Path, unknown] {
  const path: Step[] = []
  let at = root
  for (const encoded of pointer.split('/').slice(1)) {
    const name = decodeURIComponent(encoded).replaceAll('~1', '/').replaceAll('~0', '~')
    const step = Array.isArray(at) ? Number(name) : name
    path.push(step)
    at = (at as Record<Step, unknown>)[step]
  }
  return [path, at]
}

function hint(value: unknown, { enum: known }: Schema): string {
  const close = typeof value === 'string' && known ? nearest(value, known) : undefined
  return close === undefined ? '' : ` (did you mean ${close}?)`
}

/** A value as an error message shows it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
