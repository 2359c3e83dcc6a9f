/**
 * What stands around the text of a program in a log: colours, marks of quotations in mails, times, names of programs and levels.
 * @module
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours a terminal starts with such a character.
const COLOURS = /\u001b\[[0-9;]{0,20}[A-Za-z]/g
const QUOTATION = /^\s*(?:>\s?){1,20}/

/** A host and a program with its process, as syslog and the journal write them after the time. */
const PROGRAM = String.raw`[\w.-]{1,64} [\w.()[\]/@-]{1,64}: `

/**
 * What comes before the text: a time, the program, a level, a file with a line and a function. Each can come once or
 * several times, in any order.
 */
const PREFIXES: readonly RegExp[] = [
  /^\[[^\]]{1,40}\] ?/,
  new RegExp(String.raw`^\d{4}-\d\d-\d\d[T ][0-9:.,+Z-]{5,32}(?: [A-Z]{2,5}(?= ))? ?(?:${PROGRAM})?`),
  new RegExp(String.raw`^[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})? ${PROGRAM}`),
  // The priority of a line as syslog sends it.
  /^<\d{1,3}>(?:\d )?/,
  // What grep and cat -n put before a line.
  /^[\w./~-]{1,200}\.(?:log|txt|out)(?:\.\d{1,4})?:(?:\d{1,7}:)? ?/,
  /^\d{1,7}[:\t] ?/,
  /^\((XEN|d\d{1,5})\) ?/,
  /^(xc|libxl|xl|xenguest|domainbuilder|error|fatal|panic|critical|warning|notice|info|detail|debug|progress|msg): /,
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

/** A program in a prefix that passes on what Xen, its tools or a guest's console say. */
const OF_XEN = /^(?:xen|x[lmc]|lib|virt|qubes|xapi|hyper|domain|grub|conso?)/i

/** A line of a log without colours and marks of quotations, and without white space around it. */
export const plainLine = (line: string): string => line.replace(COLOURS, '').replace(QUOTATION, '').trim()

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

const NAMED_PROGRAM = /\d\d:\d\d:\d\d\S* (?:[A-Z]{2,5} )?[\w.-]{1,64} ([\w.()/@-]{1,64})(?:\[\d{1,9}\])?: /
/** Linux's own messages. */
const TIME_OF_LINUX = /^\[ *\d{1,7}\.\d{3,9}\]/
const TIMES = /^[\d\s:.,+TZ[\]-]*$/

/**
 * Whether the prefix of a line speaks against a text that other programs print, too: it names another program, or no Xen
 * where the hypervisor would have printed it.
 */
export function isOfAnother(line: string, text: string, ofHypervisor: boolean): boolean {
  if (line.includes('(XEN)')) return false
  if (ofHypervisor && !TIMES.test(line.slice(0, line.length - text.length))) return true
  const program = NAMED_PROGRAM.exec(line)?.[1]
  return TIME_OF_LINUX.test(line) || (program !== undefined && !OF_XEN.test(program))
}
