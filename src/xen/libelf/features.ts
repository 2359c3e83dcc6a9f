/** Feature strings, as elf_xen_parse_features (xen/common/libelf/libelf-dominfo.c) reads them. */
import type { GateReader } from '../gate-reader.ts'
import { because } from '../reason.ts'
import type { Stop } from '../verdict.ts'

export interface FeatureItem {
  name: string
  /** After an exclamation mark. */
  required: boolean
}

/** The buffer for a name holds 63 characters and its NUL. */
const ITEM_LENGTH = 63

/** Cuts a feature string into the items that libelf looks up. */
export function splitFeatures(text: string): FeatureItem[] {
  const items: FeatureItem[] = []
  for (let start = 0; start < text.length; ) {
    const bar = text.indexOf('|', start)
    const end = Math.min(bar < 0 ? text.length : bar, start + ITEM_LENGTH)
    const item = text.slice(start, end)
    const required = item.startsWith('!')
    items.push({ name: required ? item.slice(1) : item, required })
    // A bar at the 64th place is not swallowed: it starts an item of its own.
    start = end === bar && end - start < ITEM_LENGTH ? end + 1 : end
  }
  return items
}

/** The bits of a feature string; `stop` is set where libelf gives up, with the bits up to there. */
export interface FeatureBits {
  supported: number
  required: number
  stop?: Stop
}

export function parseFeatures(ask: GateReader, items: readonly FeatureItem[]): FeatureBits {
  const bits: FeatureBits = { supported: 0, required: 0 }
  if (items.length === 0) return bits
  const names = ask.gate('feature-names')
  for (const { name, required } of items) {
    const bit = Object.hasOwn(names, name) ? names[name]! : undefined
    if (bit !== undefined) {
      bits.supported |= 1 << bit
      if (required) bits.required |= 1 << bit
      ask.trace?.({
        stage: 'elf_xen_parse_features',
        what: `feature ${name}`,
        value: required ? 'required' : 'optional',
        does: `known, bit ${bit}`,
        gates: ['feature-names'],
      })
      continue
    }
    const gate = required ? 'unknown-required-feature' : 'unknown-optional-feature'
    const does = ask.gate(gate)
    const named = name === '' ? 'an empty name' : name
    ask.trace?.({
      stage: 'elf_xen_parse_features',
      what: `feature ${named}`,
      value: required ? 'required' : 'optional',
      does: does === 'refuses' ? 'not known: refuses the kernel' : 'not known: passed over',
      gates: [gate, 'feature-names'],
    })
    if (does === 'refuses') {
      bits.stop = {
        verdict: 'refuses',
        code: required ? 'unknown-required-feature' : 'unknown-feature',
        reason: because(required ? 'unknown-required-feature' : 'unknown-optional-feature', { name }),
        gates: [gate, 'feature-names'],
      }
      return bits
    }
  }
  return bits
}
