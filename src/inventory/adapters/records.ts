import { isRecord, type Path } from '../../document/tree.ts'

/** How deep below lists and wrappers (`result`, `hypervisors`, a uuid) records are looked for. */
const MAX_LEVELS = 4

/** The outermost objects in `value` that are records by `is`, in order. */
export function findRecords(
  value: unknown,
  is: (record: Record<string, unknown>) => boolean,
): { path: Path; record: Record<string, unknown> }[] {
  const found: { path: Path; record: Record<string, unknown> }[] = []
  const visit = (at: unknown, path: Path) => {
    if (isRecord(at) && is(at)) found.push({ path, record: at })
    else if (path.length < MAX_LEVELS && typeof at === 'object' && at !== null) {
      const children = Array.isArray(at) ? at.entries() : Object.entries(at)
      for (const [step, child] of children) visit(child, [...path, step])
    }
  }
  visit(value, [])
  return found
}

/** A field that is a text with something in it. */
export function textField(record: Record<string, unknown>, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
