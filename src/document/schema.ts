/**
 * The part of JSON Schema in which documents of ours are described. A `title` completes the sentence
 * "expected ..., found ..."; a `description` is for people who write such a document.
 * @module
 */

export interface Schema {
  $schema?: string
  title: string
  description?: string
  type?: string | string[]
  enum?: string[]
  minItems?: number
  pattern?: string
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema | false
  required?: string[]
  anyOf?: { required: string[] }[]
}

/** A name of blanks only counts as missing. */
export const NOT_BLANK = '\\S'

/** One text or a list of texts. */
export function texts(title: string, description: string, item: Partial<Schema> = {}): Schema {
  const one = { pattern: NOT_BLANK, ...item }
  return {
    title: `${title} or a list of such`,
    description,
    type: ['string', 'array'],
    ...one,
    minItems: 1,
    items: { title, type: 'string', ...one },
  }
}

export const object = (title: string, properties: Record<string, Schema>): Schema => ({
  title,
  type: 'object',
  properties,
  additionalProperties: false,
})

export const text = (title: string, description: string): Schema => ({
  title,
  description,
  type: 'string',
  pattern: NOT_BLANK,
})

export const flag = (description: string): Schema => ({
  title: 'true or false',
  description,
  type: 'boolean',
})
