/**
 * A published schema lets members pass that a later version may add. What this version writes is held against it
 * with every member known.
 */
export function strict<Schema>(schema: Schema): Schema {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(strict) as Schema
  const entries = Object.entries(schema).map(([key, part]) => [key, strict(part)])
  const copy = Object.fromEntries(entries)
  if (copy.type === 'object' && copy.properties !== undefined) copy.additionalProperties ??= false
  return copy
}
