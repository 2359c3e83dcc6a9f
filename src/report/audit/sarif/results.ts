/**
 * Results (3.27).
 * @module
 */
import type { Audit } from '../../../findings/model.ts'
import { plural } from '../../../findings/plural.ts'
import { logTexts } from '../../log-text.ts'
import { kernelName, kernelTitle, listed } from '../names.ts'
import { counted, sentence } from '../summary.ts'
import type { Artifacts } from './artifacts.ts'
import { Fingerprints } from './fingerprints.ts'
import { type Message, message } from './message.ts'
import type { ResultRow } from './result-rows.ts'
import type { Rules } from './rules.ts'

/** Builds and hosts in a message; the properties hold all of them. */
const NAMES = 5
/** A service shows a hundred (GitHub) and takes no more than a thousand. */
const LOCATIONS = 100

export function sarifResults(audit: Audit, rows: readonly ResultRow[], rules: Rules, artifacts: Artifacts) {
  const fingerprints = new Fingerprints()
  // Once one result may be suppressed, those that are not say so (3.27.23).
  const suppresses = audit.ignored.length > 0
  return rows.map(row => ({
    ruleId: row.cause,
    ruleIndex: rules.index(row.cause),
    level: row.level,
    message: resultMessage(audit, row),
    locations: row.kernel.images.slice(0, LOCATIONS).map(image => artifacts.physicalLocation(image)),
    partialFingerprints: fingerprints.of(row),
    ...(suppresses && { suppressions: suppressions(row) }),
    properties: properties(row),
  }))
}

function resultMessage(audit: Audit, row: ResultRow): Message {
  const { kernel, names, builds, guests, verdicts, change, laterRefusal } = row
  const name = kernelTitle(kernel)
  const mode = row.modes.join(', ')
  const today = `Xen ${listed(names, NAMES)}`
  const xen = audit.to === undefined ? today : `Xen ${audit.to} (now ${today})`
  const { reason, log } = verdicts[0]!
  const lines = logTexts(log)
  const logged = lines.length === 0 ? '' : ` In the log: ${lines.join(' | ')}`
  if (laterRefusal !== undefined) {
    return message(
      `${name} runs as ${mode} on ${xen}, and is refused from Xen ${laterRefusal} on: ${sentence(reason)}${logged}`,
    )
  }
  const hosts = builds!.reduce((sum, build) => sum + build.hosts.length, 0)
  const size = `${plural(hosts, 'host')}, ${counted(audit, guests!)}`
  return message(
    `${name} as ${mode} on ${xen} (${size}): ${change === undefined ? '' : `${change}: `}${sentence(reason)}${logged}`,
  )
}

function suppressions({ ignored }: ResultRow) {
  if (ignored === undefined) return []
  const until = ignored.expires === undefined ? '' : ` (until ${ignored.expires})`
  return [{ kind: 'external', justification: `${ignored.reason}${until}` }]
}

function properties({
  kernel,
  modes,
  verdicts,
  names,
  builds,
  guests,
  change,
  known,
  laterRefusal,
  remedies,
}: ResultRow) {
  return {
    kernel: kernelName(kernel),
    guest: kernel.guest,
    kernelVersion: kernel.kernelVersion,
    flavour: kernel.flavour,
    buildId: kernel.buildId,
    modes,
    change,
    guests,
    known,
    refusedFrom: laterRefusal,
    builds:
      builds === undefined
        ? names.map(xen => ({ xen }))
        : builds.map(({ label, hosts }) => ({ xen: label, hosts })),
    remedies,
    restsOn: verdicts[0]!.assumptions,
    logLines: [...new Set(verdicts.flatMap(({ log }) => log?.lines ?? []))],
    logNoise: [...new Set(verdicts.flatMap(({ log }) => log?.noise ?? []))],
  }
}
