/**
 * From a log to causes: finds the lines that Xen's loaders print.
 * @module
 */
import { type KnownLine, knownLines } from './log-catalogue.ts'
import { GateReader } from './gate-reader.ts'
import { compareVersions, type Release, releaseIndex } from './releases.ts'
import type { CauseCode } from './verdict.ts'

/** A line of a log that a loader printed. */
export interface FoundLine {
  /** Its number in the log, from 1. */
  number: number
  /** As it is in the log, without white space around it. */
  text: string
  known: KnownLine
}

/** No line of a loader is longer; what is longer is another program's. */
const MAX_LINE = 4096

/**
 * What comes before the text: a time, the program, a level, a file with a line and a function. Each can come once or
 * several times, in any order.
 */
const PREFIXES: readonly RegExp[] = [
  /^\[[^\]]{1,40}\] ?/,
  /^\d{4}-\d\d-\d\d[T ][0-9:.,+Z-]{5,24}( [A-Z]{2,5})? ?/,
  /^[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d [\w.-]{1,64} [\w.()[\]-]{1,64}: /,
  /^\((XEN|d\d{1,5})\) ?/,
  /^(xc|libxl|xl|xenguest|domainbuilder|error|fatal|panic|critical|warning|notice|info|detail|debug|progress): /,
  // xend's log, and the errors that its Python raises.
  /^(ERROR|WARNING|INFO|DEBUG) (\([\w:.]{1,64}\) )?/,
  /^(Invalid kernel|Internal error|Out of memory): /,
  /^[\w.]{0,40}Error: /,
  /^\(-?\d{1,6}, ['"][A-Za-z ]{1,40}['"], ['"]/,
  /^(xc|xg|libxl)_[a-z0-9_]{1,40}\.c:\d{1,6}: /,
  /^[a-z0-9_]{1,40}\.c:\d{1,6}:[a-z0-9_]{1,64}: ?/,
  // GRUB's, of its source tree.
  /^[\w./-]{1,120}\.c:\d{1,6}: ?/,
  /^Domain \d{1,6}:/,
]

/** What libxc and libxl add to a text: a word for the error; and how Python ends it in an error of xend. */
const SUFFIX =
  '(?:: (?:Invalid kernel|Internal error|Invalid parameter|Out of memory|Invalid argument|No such file or directory|Success|Operation not permitted))?\\.?(?:(?:\\\\n)?[\'"]\\))?'

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A pattern as an expression over a whole text; a text in braces is anything of a few hundred characters. */
function compile({ pattern }: KnownLine): RegExp {
  const parts = pattern.split(/\{[a-z]+\}/).map(escaped)
  return new RegExp(`^${parts.join('[^\\n]{0,300}?')}${SUFFIX}$`)
}

/** A field that has to be one word, where it starts a line. */
const LEADING = /^(Domain 0|Dom0) expects /

const compiled = knownLines.map(known => ({ known, expression: compile(known) }))

/** The text of a log's line without what comes before it. */
export function withoutPrefixes(line: string): string {
  let text = line.trim()
  for (let again = true; again; ) {
    again = false
    for (const prefix of PREFIXES) {
      const rest = text.replace(prefix, '')
      if (rest === text) continue
      text = rest
      again = true
    }
  }
  return text
}

function knownLineOf(text: string): KnownLine | undefined {
  // The longest pattern is the most exact.
  const found = compiled.filter(
    ({ known, expression }) =>
      expression.test(text) && (!known.pattern.startsWith('{') || LEADING.test(text)),
  )
  return found.map(({ known }) => known).sort((a, b) => b.pattern.length - a.pattern.length)[0]
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

/**
 * The lines of a log that a loader prints, in the order of the log.
 *
 * @param releases Where the log is known to come from one of these: lines that none of them prints are left out.
 */
export function findLoaderLines(log: string, releases?: readonly Release[]): FoundLine[] {
  const found: FoundLine[] = []
  const lines = log.split(/\r\n|[\n\r]/)
  const isAlone = lines.filter(line => line.trim() !== '').length === 1
  for (const [index, line] of lines.entries()) {
    if (line.length > MAX_LINE) continue
    const known = knownLineOf(withoutPrefixes(line))
    if (known === undefined) continue
    if (known.only !== undefined && !isAlone && !(log.includes(known.only) && PYTHON_ERROR.test(line)))
      continue
    if (releases !== undefined && !releases.some(release => printsIn(known, release))) continue
    found.push({ number: index + 1, text: line.trim(), known })
  }
  return found
}
