/** Lines of facts files to records: the text of facts that were read before is not made again, only their bytes compared. */
import { FACTS_START, type KnownFacts, knownFacts, withHead } from '../record/interning.ts'
import { parseScanned } from '../record/parse.ts'
import type { AddressedRecord, ScannedRecord } from '../record/type.ts'
import { KnownRests } from './known-rests.ts'

const LIMITS = { bytes: 64 * 2 ** 20, count: 2 ** 16 }
const START = Buffer.from(FACTS_START)

/** Parses lines as parseRecord does. Equal facts are one object, as long as not too many differ. */
export class FactsReader {
  readonly #known = new KnownRests<KnownFacts>(LIMITS)

  /** Parses a line in UTF-8. Throws a RecordError. */
  parse(bytes: Buffer): AddressedRecord {
    const { image, record } = this.parseScanned(bytes)
    return { image, record }
  }

  /** Parses a line with its verdicts, which are one object where the facts are. Throws a RecordError. */
  parseScanned(bytes: Buffer): ScannedRecord {
    const at = bytes.indexOf(START)
    const known = at === -1 ? undefined : this.#known.find(bytes, at, bytes.length)
    const joined = known && withHead(bytes.toString('utf8', 0, at), known)
    if (joined !== undefined) return joined
    const parsed = parseScanned(bytes.toString())
    if (at !== -1 && known === undefined) this.#known.add(bytes, at, bytes.length, knownFacts(parsed))
    return parsed
  }
}
