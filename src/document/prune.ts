/**
 * Parts of a document checked by their schema: what is bad is named and taken out, the rest is used.
 * @module
 */

import type { DocumentProblem } from './problem.ts'
import type { Path, Step, Tree } from './tree.ts'
import { fieldName } from './tree.ts'
import type { Check } from './validate.ts'

export interface Pruned {
  problems: DocumentProblem[]
  /** Set where the whole value is of no use. */
  fatal: boolean
  /** The problems that make it so. */
  fatalProblems: DocumentProblem[]
}

/** Names the bad parts of `value`, which is at `path` of `tree`, and removes those that can be done without. */
export function prune(file: string, tree: Tree, value: unknown, path: Path, check: Check): Pruned {
  const problems: DocumentProblem[] = []
  const fatalProblems: DocumentProblem[] = []
  for (const complaint of check(value)) {
    const full = [...path, ...complaint.path]
    const problem: DocumentProblem = {
      code: complaint.code,
      severity: 'error',
      file,
      line: tree.lineOf(full),
      ...(full.length > 0 && { field: fieldName(full) }),
      message: complaint.message,
    }
    problems.push(problem)
    if (complaint.fatal) fatalProblems.push(problem)
    else remove(value, complaint.path)
  }
  return { problems, fatal: fatalProblems.length > 0, fatalProblems }
}

/** Takes out the value at `path`; in a list it leaves a gap, so that the indexes of the others hold. */
function remove(value: unknown, path: Path) {
  let at = value as Record<Step, unknown> | undefined
  for (const step of path.slice(0, -1)) at = at?.[step] as Record<Step, unknown> | undefined
  if (at !== undefined) delete at[path.at(-1)!]
}
