/**
 * The formats of audits for scans: the images are kept until the last one is there, and judged together then, on the
 * releases or hosts that were asked.
 * @module
 */
import { audit } from '../../findings/audit.ts'
import type { CatalogueImage } from '../../findings/kernels.ts'
import { xenVerdicts } from '../../findings/xen-verdicts.ts'
import { RecordReader } from '../../record/interning.ts'
import { addressedJson } from '../../record/write.ts'
import type { AuditFormat } from '../audit/report.ts'
import type { ScanContext, ScanReport } from './report.ts'

/** Throws an Error where the scan asks nobody. */
export const auditedReport =
  (format: AuditFormat) =>
  ({ version, modes = [], fleet, colour, width }: ScanContext): ScanReport => {
    const reader = new RecordReader()
    const images: CatalogueImage[] = []
    return {
      begin: () => '',
      image({ image, json }) {
        images.push(reader.parse(addressedJson(image, json)))
        return ''
      },
      end() {
        if (fleet === undefined) throw new Error('Cannot judge a scan that asks nobody')
        const judge = xenVerdicts(fleet.build)
        const found = audit({ ...fleet, images, modes, judge, tool: `xen-preflight ${version}` })
        return format(found, { colour, width })
      },
    }
  }
