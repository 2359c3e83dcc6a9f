import type { InventoryProblem } from '../problem.ts'
import type { Path, Tree } from '../tree.ts'

/** The errors of a tree as problems of the file. */
export function treeProblems(file: string, tree: Tree): InventoryProblem[] {
  return tree.errors.map(({ line, path, message }) => ({
    code: 'syntax',
    severity: 'error',
    file,
    line,
    ...(path && { field: fieldName(path) }),
    message,
  }))
}

/** A path as people write it: `hosts[2].build.pv32`. */
export function fieldName(path: Path): string {
  return path
    .map(step =>
      typeof step === 'number'
        ? `[${step}]`
        : /^[\w-]+$/.test(step)
          ? `.${step}`
          : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '')
}
