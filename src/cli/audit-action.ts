/**
 * What `audit` and `upgrade` do.
 * @module
 */
import { audit } from '../findings/audit.ts'
import type { CatalogueImage } from '../findings/kernels.ts'
import type { Audit } from '../findings/model.ts'
import { xenJudge } from '../findings/xen-judge.ts'
import { matchesName } from '../inventory/name-glob.ts'
import { auditFormats } from '../report/audit/formats.ts'
import type { AuditFormat } from '../report/audit/report.ts'
import { htmlReport } from '../report/html/html.ts'
import { WIDTH } from '../report/text.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { readFacts, scanCatalogue } from './catalogue.ts'
import { wantsColour } from './colour.ts'
import { EXIT_DONE, EXIT_FINDINGS } from './exit-codes.ts'
import { loadInventory } from './load-inventory.ts'
import { openOutput, parseOutputs } from './outputs.ts'
import { declaredModes } from './question.ts'
import type { UpgradeFlags } from './upgrade.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

const FORMATS: Record<string, AuditFormat> = { ...auditFormats, html: htmlReport }

export async function auditAction(paths: string[], flags: UpgradeFlags): Promise<number> {
  checkVersion(flags.to)
  const outputs = parseOutputs(flags.output ?? ['table'], Object.keys(FORMATS))
  const sinks = outputs.map(output => ({ output, sink: openOutput(output) }))
  try {
    const result = await makeAudit(paths, flags)
    for (const { output, sink } of sinks) {
      const colour = output.file === undefined && wantsColour()
      const text = FORMATS[output.format]!(result, {
        colour,
        width: flags.all ? Number.POSITIVE_INFINITY : WIDTH,
      })
      for (const piece of typeof text === 'string' ? [text] : text) await sink.write(piece)
    }
    return fails(result) ? EXIT_FINDINGS : EXIT_DONE
  } finally {
    for (const { sink } of sinks) sink.close()
  }
}

function checkVersion(to: string | undefined): void {
  if (to === undefined) return
  const { ask, remarks } = parseXenVersion(to)
  if (ask.length === 0) throw new UsageError(remarks.join('; '))
}

async function makeAudit(paths: string[], flags: UpgradeFlags): Promise<Audit> {
  const inventory = loadInventory(flags.inventory, flags.map)
  const images: CatalogueImage[] = []
  for await (const image of readFacts(flags.facts ?? [])) images.push(image)
  for await (const image of scanCatalogue(paths, flags)) images.push(image)
  for await (const image of scanCatalogue(flags.add ?? [], flags, true)) images.push(image)
  if (images.length === 0)
    throw new UsageError('Cannot audit anything: there is no kernel, give paths or --facts')
  const { to, hosts = '*' } = flags
  return audit({
    images,
    inventory,
    files: flags.inventory,
    modes: flags.mode ?? declaredModes(inventory.hosts),
    judge: xenJudge(),
    tool: `xen-preflight ${toolVersion()}`,
    created: new Date().toISOString(),
    ...(to !== undefined && { upgrade: { to, hosts: name => matchesName(hosts, name) } }),
  })
}

function fails(_: Audit): boolean {
  return false
}
