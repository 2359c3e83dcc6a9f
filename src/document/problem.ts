/**
 * What is wrong with a document that people write, as values: one fault never hides the others.
 * @module
 */

import type { Tree } from './tree.ts'
import { fieldName } from './tree.ts'

export interface DocumentProblem {
  code: 'syntax' | 'unknown-field' | 'wrong-value'
  severity: 'error'
  file: string
  /** From 1. */
  line: number
  /** The field's path, such as `hosts[2].xen`. */
  field?: string
  /** What was expected and what was found. */
  message: string
}

/** Where something is, and what is wrong with it. */
interface Located {
  file: string
  line?: number
  field?: string
  message: string
}

/** A problem in one line: `inventory.yaml:14: hosts[2].xen: expected a Xen version such as 4.17.2, found 417`. */
export function problemLine({ file, line, field, message }: Located): string {
  const where = line === undefined ? file : `${file}:${line}`
  return [where, field, message].filter(part => part !== undefined).join(': ')
}

/** The errors of a tree as problems of the file. */
export function treeProblems(file: string, tree: Tree): DocumentProblem[] {
  return tree.errors.map(({ line, path, message }) => ({
    code: 'syntax',
    severity: 'error',
    file,
    line,
    ...(path && { field: fieldName(path) }),
    message,
  }))
}
