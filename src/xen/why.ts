/**
 * From a log to causes: finds the lines that Xen's loaders print.
 * @module
 */

import { GateReader } from './gate-reader.ts'
import { type KnownLine, knownLines } from './log-catalogue.ts'
import { isStep, step } from './log-catalogue/steps.ts'
import { isOfAnother, plainLine, withoutPrefixes } from './log-text.ts'
import { compareVersions, type Release, releaseIndex } from './releases.ts'
import type { CauseCode } from './verdict.ts'

/** A line of a log that a loader printed. */
export interface FoundLine {
  /** The log, where it has a name. */
  file?: string
  /** Its number in the log, from 1. */
  number: number
  /** As it is in the log, without colours, marks of quotations and white space around it; in one piece where it was wrapped. */
  text: string
  known: KnownLine
}

/** No line of a loader is longer; what is longer is another program's. */
const MAX_LINE = 4096

/** What libxc and libxl add to a text: a word for the error; and how Python ends it in an error of xend. */
const ERRORS = [
  ...[
    'Invalid kernel',
    'Internal error',
    'Invalid parameter',
    'Out of memory',
    'Invalid argument',
    'Success',
  ],
  ...['No such file or directory', 'Operation not permitted', 'Operation not supported', 'Permission denied'],
  ...['Cannot allocate memory', 'Bad address', 'Input/output error'],
]
const SUFFIX = `(?:: (?:${ERRORS.join('|')}))?[.!]?(?:(?:\\\\n)?['"]\\))?`

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A pattern as an expression; a text in braces is anything of a few hundred characters. */
const bodyOf = ({ pattern }: KnownLine) =>
  pattern
    .split(/\{[a-z]+\}/)
    .map(escaped)
    .join('[^\\n]{0,300}?')

/** A field that has to be one word, where it starts a line. */
const LEADING = /^(Domain 0|Dom0) expects /

/** Words that only loaders have: a text with one of them is theirs wherever in a line it stands. */
const OWN =
  /[a-z]_[a-z]|\bxen\b|\bdom(?:ain )?0|generic loader|out of bounds|containing kernel|bootloader config/i

interface Compiled {
  known: KnownLine
  /** Over a whole text. */
  whole: RegExp
  /** In the midst of a line; absent for texts that other programs have, too. */
  inside?: RegExp
}

const compiled: readonly Compiled[] = knownLines.map(known => {
  const { pattern, only } = known
  const body = bodyOf(known)
  const isOwn = OWN.test(pattern) && !pattern.startsWith('{') && only === undefined
  return {
    known,
    whole: new RegExp(`^${body}${SUFFIX}$`),
    ...(isOwn && { inside: new RegExp(`(?<!\\w)${body}(?!\\w)`, 'i') }),
  }
})

/** The line that this text is. */
function knownLineOf(line: string): KnownLine | undefined {
  const text = withoutPrefixes(line)
  const found = compiled.filter(
    ({ known, whole }) => whole.test(text) && (!known.pattern.startsWith('{') || LEADING.test(text)),
  )
  // The longest pattern is the most exact.
  const [exact] = found.sort((a, b) => b.known.pattern.length - a.known.pattern.length)
  if (exact === undefined) return undefined
  const isOwn = exact.inside !== undefined
  return isOwn || !isOfAnother(line, text, exact.known.side === 'hypervisor') ? exact.known : undefined
}

/** The lines that stand somewhere in this one, as management programs and mails quote them. */
function quotedLines(line: string): KnownLine[] {
  const found = compiled.flatMap(({ known, inside }) => {
    const match = inside?.exec(line)
    return match ? [{ known, start: match.index, end: match.index + match[0].length }] : []
  })
  return found
    .filter(
      one =>
        !found.some(
          other =>
            other.start <= one.start &&
            other.end >= one.end &&
            other.known.pattern.length > one.known.pattern.length,
        ),
    )
    .sort((a, b) => a.start - b.start)
    .map(({ known }) => known)
}

/** The longest part of each text: a line without any of them is none of the known ones, which is told at once. */
const PARTS = new RegExp(
  [
    ...new Set(
      knownLines.map(({ pattern }) => pattern.split(/\{[a-z]+\}/).sort((a, b) => b.length - a.length)[0]!),
    ),
  ]
    .map(escaped)
    .join('|'),
  'i',
)

function linesIn(line: string): KnownLine[] {
  if (line.length > MAX_LINE) return []
  const known = PARTS.test(line) ? knownLinesIn(line) : []
  return known.length === 0 && isStep(line) ? [step] : known
}

function knownLinesIn(line: string): KnownLine[] {
  const known = knownLineOf(line)
  return known === undefined ? quotedLines(line) : [known]
}

/** What a line that was cut in two starts with. */
const MAY_GO_ON = /[a-z]_[a-z]|\berror\b|\bxen\b|\bdom(?:ain )?0|bootloader/i
/** A text of fewer words is not cut: two lines may happen to make one. */
const WORDS = /\S+\s+\S+\s+\S/

/** Two lines as one: mails cut between words, some with = at the end, and terminals wherever the line is full. */
const joined = (first: string, second: string): string[] =>
  first.endsWith('=') ? [first.slice(0, -1) + second] : [`${first} ${second}`, first + second]

/** A text that was cut into this line and the next one, neither of which says anything by itself. */
function wrappedLine(first: string, second: string): { text: string; known: KnownLine[] } | undefined {
  if (second === '' || !MAY_GO_ON.test(first)) return undefined
  for (const text of joined(first, second)) {
    const known = linesIn(text).filter(({ pattern }) => WORDS.test(pattern))
    if (known.length > 0) return { text, known }
  }
  return undefined
}

/** As a Python program ends, in whatever log. */
const PYTHON_ERROR = /(?:^|\s)[\w.]*Error: /

/** What guests' loaders print is no matter of the host's release. */
const OF_RELEASES: ReadonlySet<KnownLine['side']> = new Set(['toolstack', 'hypervisor', 'both', 'pygrub'])

const printsIn = ({ side, since, until }: KnownLine, release: Release): boolean =>
  !OF_RELEASES.has(side) ||
  ((since === undefined || compareVersions(release, since) >= 0) &&
    (until === undefined || compareVersions(release, until) <= 0))

/** Causes that some releases do not have. */
const ONLY_WHERE: Readonly<Partial<Record<CauseCode, (ask: GateReader) => boolean>>> = {
  'lz4-decoder-broken': ask => ask.gate('lz4-decoder') === 'broken',
  'dictionary-too-large': ask => ask.gate('xz-memory-limit') !== 0,
  'bzimage-unsupported': ask =>
    ask.gate('gzip-toolstack') === 'absent' || ask.gate('bzimage-hypervisor') === 'unknown',
  'no-section-names': ask => ask.gate('shstrtab') === 'needed',
}

/** What a line can be about in the logs of these releases. */
export function causesIn({ causes }: KnownLine, asked?: readonly Release[]): readonly CauseCode[] {
  if (asked === undefined) return causes
  const readers = asked.map(release => new GateReader(releaseIndex(release)!))
  return causes.filter(code => readers.some(ask => ONLY_WHERE[code]?.(ask) ?? true))
}

/** What is printed when every loader of the toolstack has refused a kernel. */
const SEARCH = 'xc_dom_find_loader: no loader found'

const namesCause = ({ side, causes, kind }: KnownLine): boolean =>
  (side === 'toolstack' || side === 'both') && causes.length > 0 && kind === undefined

/**
 * The lines of a log that a loader prints, in the order of the log.
 *
 * @param releases Where the log is known to come from one of these: lines that none of them prints are left out.
 */
export function findLoaderLines(log: string, releases?: readonly Release[]): FoundLine[] {
  const found: FoundLine[] = []
  const lines = log.split(/\r\n|[\n\r]/).map(plainLine)
  const isAlone = lines.filter(line => line !== '').length === 1
  let isNamed = false
  const add = (number: number, text: string, line: KnownLine) => {
    // The cause is that of the line before: of all that it may be without one, nothing else is to be told.
    const known: KnownLine =
      isNamed && line.pattern === SEARCH ? { ...line, kind: 'ending', causes: [] } : line
    if (known.only !== undefined && !isAlone && !(log.includes(known.only) && PYTHON_ERROR.test(text))) return
    if (releases !== undefined && !releases.some(release => printsIn(known, release))) return
    found.push({ number, text, known })
    isNamed = line.pattern !== SEARCH && (isNamed || namesCause(known))
  }
  let here = linesIn(lines[0]!)
  for (const [index, line] of lines.entries()) {
    const next = index + 1 < lines.length ? linesIn(lines[index + 1]!) : []
    for (const known of here) add(index + 1, line, known)
    const wrapped =
      here.length === 0 && next.length === 0 ? wrappedLine(line, lines[index + 1] ?? '') : undefined
    for (const known of wrapped?.known ?? []) add(index + 1, wrapped!.text, known)
    here = next
  }
  return found
}
