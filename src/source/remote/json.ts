/** JSON that a server answers with: nothing in it need be what it should be. */
import { remoteError } from './remote-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null

/** An answer that has to be an object. Throws a SourceError, which says what could not be done. */
export function parseObject(bytes: Uint8Array, what: string): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (isObject(value) && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw remoteError('remote-invalid', `Cannot ${what}: the answer is no JSON object`)
}

/** The objects of a list; what else is in it is left out. */
export const objectsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** A member that is an object, or one without members. */
export const objectIn = (value: unknown): JsonObject => (isObject(value) ? value : {})
