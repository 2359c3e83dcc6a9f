// The errors of the yaml package in words of ours: its own are about YAML even where people wrote JSON.

import type { ErrorCode } from 'yaml'
import { shown } from './validate.ts'

const FOUND: Partial<Record<ErrorCode, string>> = {
  BAD_DQ_ESCAPE: 'an unknown escape',
  BAD_INDENT: 'an indentation that does not fit',
  BAD_SCALAR_START: 'a text that needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping on the line of another',
  MISSING_CHAR: 'a bracket, quote, comma, colon or blank missing',
  MULTILINE_IMPLICIT_KEY: "a field's name that goes on over lines, or lacks its colon,",
  MULTIPLE_DOCS: 'a second document',
  TAB_AS_INDENT: 'a tab as indentation',
}

/** What keeps `text` from being read on at `offset`. */
export function syntaxMessage(text: string, offset: number, code: ErrorCode): string {
  const language = /^\s*[[{]/.test(text) ? 'JSON' : 'YAML'
  const rest = /.*/.exec(text.slice(offset, offset + 1000).trimStart())![0]
  if (rest === '') return `expected ${language}, found the end of the text too early`
  return `expected ${language}, found ${FOUND[code] ?? 'something else'} at ${shown(rest)}`
}
