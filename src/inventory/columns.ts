/**
 * What the columns of a table mean: a spreadsheet, a NetBox export, any CSV or list of JSON objects.
 * @module
 */

/** The fields that a column may hold; labels are `label.NAME`. */
export const COLUMN_FIELDS = [
  'host',
  'xen',
  'pool',
  'modes',
  'product',
  'patch-level',
  'commandline',
  'xen-caps',
  'virt-caps',
] as const
export type ColumnField = (typeof COLUMN_FIELDS)[number] | `label.${string}`

/** Field -> name of the column, as in `{host: 'Name', xen: 'Xen version', 'label.rack': 'Rack'}`. */
export type ColumnMap = Readonly<Partial<Record<ColumnField, string>>>

export function isColumnField(name: string): name is ColumnField {
  return (COLUMN_FIELDS as readonly string[]).includes(name) || /^label\../.test(name)
}

/** The names under which fields are known without a map, capitals, blanks and underscores aside. */
const USUAL: Readonly<Record<string, ColumnField>> = {
  name: 'host',
  hostname: 'host',
  'host-name': 'host',
  'xen-version': 'xen',
  'command-line': 'commandline',
  'xen-commandline': 'commandline',
}

/** The map that the columns' own names give; none where they do not name both host and version. */
export function usualColumns(names: readonly string[]): ColumnMap | undefined {
  const map: Partial<Record<ColumnField, string>> = {}
  for (const name of names) {
    const plain = name
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, '-')
    const field = isColumnField(plain) ? plain : Object.hasOwn(USUAL, plain) ? USUAL[plain] : undefined
    if (field !== undefined) map[field] ??= name
  }
  return map.host !== undefined && map.xen !== undefined ? map : undefined
}

/**
 * A column map as it is given on a command line: `host=Name,xen="Xen version"`. Answers the parts that are no
 * `field=column`; that the fields exist is checked where the map is used.
 */
export function parseColumnMap(text: string): { map: ColumnMap; refused: string[] } {
  const map: Record<string, string> = {}
  const refused: string[] = []
  for (const [part] of text.matchAll(/(?:"[^"]*"|[^,"])+/g)) {
    const found = /^\s*([^=\s]+)\s*=\s*(?:"([^"]*)"|(.*?))\s*$/s.exec(part)
    const column = found?.[2] ?? found?.[3]
    if (found && column) map[found[1]!] = column
    else if (part.trim() !== '') refused.push(part.trim())
  }
  return { map, refused }
}

/** A column map as a command line has it: what `parseColumnMap` reads as the same. */
export const columnMapText = (map: ColumnMap): string =>
  Object.entries(map)
    .map(([field, column]) => `${field}="${column}"`)
    .join(',')
