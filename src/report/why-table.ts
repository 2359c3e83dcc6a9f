/** What `why` prints of the lines that it found in a log. */

import { causeTitle } from '../findings/cause-codes.ts'
import { type BootModeName, parseBootMode } from '../xen/boot-mode.ts'
import { placeIn, releasesAt } from '../xen/log-catalogue/places.ts'
import type { KnownLine } from '../xen/log-catalogue.ts'
import { type Release, releases } from '../xen/releases.ts'
import { generalRemedies } from '../xen/remedies/general.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import { remedyDocument, remedyText } from '../xen/remedies/remedy-text.ts'
import type { CauseCode } from '../xen/verdict.ts'
import { causesIn, type FoundLine } from '../xen/why.ts'
import type { TextSetter } from './text-setter.ts'

const MODES: Readonly<Record<KnownLine['side'], readonly BootModeName[]>> = {
  pygrub: ['pv-domU', 'pvh-domU'],
  'pv-grub': ['pv-domU'],
  pvgrub2: ['pv-domU'],
  pvhgrub: ['pvh-domU'],
  toolstack: ['pv-domU', 'pvh-domU'],
  hypervisor: ['pv-dom0', 'pvh-dom0'],
  both: ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0'],
}

const KINDS = {
  noise: 'It means nothing: it is logged of kernels that load, too.',
  ending: 'It names no cause.',
} as const

/** Where the releases are those of Xen; a guest's loader has versions of its own. */
const isOfXen = ({ side }: KnownLine) => side === 'toolstack' || side === 'hypervisor' || side === 'both'

const WHO: Readonly<Partial<Record<KnownLine['side'], string>>> = {
  both: 'toolstack or hypervisor',
  pygrub: 'pygrub, in dom0',
  'pv-grub': 'PV-GRUB, in the guest',
  pvgrub2: 'GRUB, in the guest',
  pvhgrub: 'GRUB for PVH, in the guest',
}

/** Who prints a line. */
export const printerName = (side: KnownLine['side']): string => WHO[side] ?? side

/** The remedies of all causes, each once. */
function remediesOf(codes: readonly CauseCode[], side: KnownLine['side']): Remedy[] {
  const mode = parseBootMode(side === 'hypervisor' ? 'pv-dom0' : side === 'pvhgrub' ? 'pvh-domU' : 'pv-domU')
  const all = codes.flatMap(code => generalRemedies(code, mode))
  return [...new Map(all.map(item => [remedyText(item), item])).values()]
}

/** Where the log says that the line is, and which releases have it there; nothing where that tells nothing. */
function placeOf(text: string, { pattern }: KnownLine) {
  const place = placeIn(text)
  const having = place === undefined ? undefined : releasesAt(pattern, place)
  return having === undefined ? {} : { place: { ...place!, spans: spansOfReleases(having) } }
}

/** Neighbours joined, both ends inclusive. */
function spansOfReleases(having: readonly Release[]): { since: Release; until: Release }[] {
  const spans: { since: Release; until: Release }[] = []
  for (const release of having) {
    const open = spans.at(-1)
    if (open !== undefined && releases.indexOf(open.until) === releases.indexOf(release) - 1)
      open.until = release
    else spans.push({ since: release, until: release })
  }
  return spans
}

/**
 * The lines with what is known of them.
 *
 * @param asked Where the log is known to come from one of these releases: what they do not have is left out.
 */
export function explainLines(found: readonly FoundLine[], asked?: readonly Release[]) {
  return found.map(({ file, number, text, known }) => ({
    ...(file !== undefined && { file }),
    line: number,
    text,
    pattern: known.pattern,
    side: known.side,
    modes: MODES[known.side],
    ...(isOfXen(known) && spanOf(known, asked)),
    ...(known.kind !== undefined && { kind: known.kind }),
    causes: causesIn(known, asked).map(code => ({ code, title: causeTitle(code) })),
    next: known.next,
    remedies: remediesOf(causesIn(known, asked), known.side),
  }))
}

/** The same with their places in the source. */
const withPlaces = (found: readonly FoundLine[], asked?: readonly Release[]) =>
  explainLines(found, asked).map((line, index) => ({ ...line, ...placeOf(line.text, found[index]!.known) }))

/** The same for `-o json`. */
export const whyData = (found: readonly FoundLine[], asked?: readonly Release[]) => ({
  lines: withPlaces(found, asked).map(line => ({ ...line, remedies: line.remedies.map(remedyDocument) })),
})

/** What a place tells of the release. */
function placeText({
  file,
  line,
  spans,
}: {
  file: string
  line: number
  spans: { since: string; until: string }[]
}) {
  const where = `${file}:${line}`
  if (spans.length === 0)
    return `${where}: no release of upstream has it there: it comes from a build with patches.`
  const texts = spans.map(({ since, until }) => (since === until ? since : `${since} to ${until}`))
  return `${where}: upstream has it there in ${texts.join(', ')}.`
}

const LABEL = 10

/** The lines for people; a line that comes several times is explained once. */
export function whyTable(
  found: readonly FoundLine[],
  setter: TextSetter,
  asked?: readonly Release[],
): string {
  if (found.length === 0) {
    return 'No line of it is known: as far as the models know, no loader of Xen prints any of them.\n'
  }
  const lines: string[] = []
  const explained = new Set<string>()
  const data = withPlaces(found, asked)
  const isOneLog = new Set(found.map(({ file }) => file)).size === 1
  for (const {
    file,
    line,
    text,
    pattern,
    side,
    modes,
    since,
    until,
    place: source,
    kind,
    causes,
    next,
    remedies,
  } of data) {
    if (explained.has(pattern + kind)) continue
    explained.add(pattern + kind)
    const times = data.filter(other => other.pattern === pattern && other.kind === kind).length
    const span = since === undefined ? '' : `, ${since === until ? since : `${since} to ${until}`}`
    const place = isOneLog || file === undefined ? `${line}` : `${file}:${line}`
    lines.push(...setter.lines(`${place}: ${text}${times > 1 ? ` (${times} times)` : ''}`))
    lines.push(...setter.lines(`${printerName(side)}, ${modes.join(', ')}${span}`, 2))
    if (source !== undefined) lines.push(...setter.lines(placeText(source), 2))
    if (kind !== undefined) lines.push(...setter.lines(KINDS[kind], 2))
    const row = (label: string, about: string) =>
      lines.push(...setter.labelled(`  ${label}`.padEnd(LABEL), about))
    if (causes.length > 0) row('causes:', causes.map(({ code }) => code).join(', '))
    row('next:', next)
    for (const remedy of remedies) row('do:', remedyText(remedy))
    lines.push('')
  }
  return lines.join('\n')
}

/** The releases that print it, among those that were asked. */
function spanOf({ since, until }: KnownLine, asked: readonly Release[] = releases) {
  const from = releases.indexOf(since ?? releases[0]!)
  const to = releases.indexOf(until ?? releases.at(-1)!)
  const own = asked.map(release => releases.indexOf(release)).filter(index => index >= from && index <= to)
  return { since: releases[Math.min(...own)]!, until: releases[Math.max(...own)]! }
}
