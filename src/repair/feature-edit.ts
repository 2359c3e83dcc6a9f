/**
 * FEATURES without the names that make old releases refuse a kernel. What these names say is said by SUPPORTED_FEATURES then
 * (note 17), which releases before 4.2.0 pass over: the cure of Linux 3.14 (arch/x86/xen/xen-head.S of
 * torvalds/linux@a3928246651b).
 * @module
 */
import { gates } from '../xen/gates/gates.ts'
import { type FeatureItem, splitFeatures } from '../xen/libelf/features.ts'

/** How far a feature string is changed: names left out; and `!writable_page_tables` made optional, too. */
export type FeatureLevel = 'drop-unknown' | 'drop-and-make-optional'

const TABLES: readonly Readonly<Record<string, number>>[] = gates['feature-names'].spans.map(
  ([, names]) => names as Readonly<Record<string, number>>,
)
const OLDEST = TABLES[0]!
/** Every name that any release knows, and its bit. */
const KNOWN: Readonly<Record<string, number>> = Object.assign({}, ...TABLES)

/** What every release of Xen gives to a PV guest, so that requiring it asks for nothing. */
const ALWAYS_GIVEN = 'writable_page_tables'

/** XENFEAT_dom0 (xen/include/public/features.h). */
const DOM0_BIT = 1 << 11
/** The bits of those that Linux 3.14 and later say in note 17 of what FEATURES names: 0, 2, 3, 8 and 11. */
const SAID_BY_LINUX = 0x90d

export interface FeatureEdit {
  text: string
  /** Names that are left out; an empty one is an empty item. */
  dropped: string[]
  /** Bits of dropped names, which SUPPORTED_FEATURES has to say. */
  bits: number
}

/** The string without what old releases refuse. Undefined where there is nothing to change. */
export function editFeatures(text: string, level: FeatureLevel): FeatureEdit | undefined {
  const items = splitFeatures(text)
  const dropped = items.filter(isDroppable)
  const makesOptional =
    level === 'drop-and-make-optional' &&
    items.some(({ name, required }) => required && name === ALWAYS_GIVEN)
  if (dropped.length === 0 && !makesOptional) return undefined
  const kept = items.filter(item => !isDroppable(item))
  const word = ({ name, required }: FeatureItem) =>
    required && !(makesOptional && name === ALWAYS_GIVEN) ? `!${name}` : name
  const bits = dropped.reduce((sum, { name }) => sum | bitOf(name), 0)
  return { text: kept.map(word).join('|'), dropped: dropped.map(({ name }) => name), bits }
}

const bitOf = (name: string) => (Object.hasOwn(KNOWN, name) ? 1 << KNOWN[name]! : 0)

/** An optional name that some release does not know. */
const isDroppable = ({ name, required }: FeatureItem) => !required && !Object.hasOwn(OLDEST, name)

/**
 * The word of a note SUPPORTED_FEATURES that a kernel gets which had none. That the note is there makes releases from 4.2.0
 * on look for the dom0 bit in it: a kernel that said nothing of dom0 was taken as dom0, and stays so.
 *
 * @param text The FEATURES string as it was.
 */
export function supportedWord(text: string, bits: number, isLinux: boolean): number {
  const named = splitFeatures(text).reduce((sum, { name }) => sum | bitOf(name), 0)
  return ((isLinux ? named & SAID_BY_LINUX : named) | bits | DOM0_BIT) >>> 0
}
