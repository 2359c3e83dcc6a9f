/** GRUB's `test`, and its other name `[` (grub-core/commands/test.c). */
import { isOpen } from './value.ts'

/** What a command returns; undefined where it depends on what is not known. */
export type Truth = boolean | undefined

export const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth)

const anyOf = (a: Truth, b: Truth): Truth =>
  a === true || b === true ? true : a === false && b === false ? false : undefined
const allOf = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a === true && b === true ? true : undefined

/** Tests of a file: that it exists (`-e`, `-f`), has contents (`-s`), or is a directory (`-d`). */
const FILE_TESTS = ['-d', '-e', '-f', '-s'] as const
export type FileTest = (typeof FILE_TESTS)[number]

const COMPARISONS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
}

/** Evaluates the words of `[ … ]`; `file` answers for files. */
export function testCondition(
  args: readonly string[],
  file: (test: FileTest, name: string) => boolean,
): Truth {
  const or = args.lastIndexOf('-o')
  if (or > 0) return anyOf(testCondition(args.slice(0, or), file), testCondition(args.slice(or + 1), file))
  const and = args.lastIndexOf('-a')
  if (and > 0) return allOf(testCondition(args.slice(0, and), file), testCondition(args.slice(and + 1), file))
  if (args[0] === '!') return not(testCondition(args.slice(1), file))
  const [a = '', operator = '', b = ''] = args
  if (args.length <= 1) return isOpen(a) ? undefined : a !== ''
  if (args.length === 2) return testWord(a, operator, file)
  if (isOpen(a) || isOpen(b)) return undefined
  return COMPARISONS[operator]?.(a, b)
}

function testWord(test: string, word: string, file: (test: FileTest, name: string) => boolean): Truth {
  if (isOpen(word)) return undefined
  if (test === '-n') return word !== ''
  if (test === '-z') return word === ''
  const known = FILE_TESTS.find(name => name === test)
  return known === undefined ? undefined : file(known, word)
}
