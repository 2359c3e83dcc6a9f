/**
 * An image in a few words.
 * @module
 */
import type { ElfFacts, Facts, Layer, Note } from './facts.ts'

/** The types of xen/include/public/elfnote.h that a description names. */
const GUEST_OS = 6
const GUEST_VERSION = 7
const ELFCLASS64 = 2

const textOf = (notes: readonly Note[], type: number) =>
  notes.findLast(note => note.owner === 'Xen' && note.type === type)?.text

const guestKey = (elf: ElfFacts, key: string) => elf.guest?.text.match(`(?:^|,)${key}=([^,]*)`)?.[1]

/** What a layer is called: `bzImage`, `xz`. A setup_sects of 0 is told: Xen reads it so, and boot loaders as 4. */
function layerName(layer: Layer): string {
  if (layer.kind === 'stream') return layer.codec
  return layer.setupSects === 0 ? 'bzImage (setup_sects 0)' : 'bzImage'
}

/** How the image is wrapped: `bzImage xz`, `gzip`, `ELF`. */
export const describeLayers = ({ layers, elf }: Facts): string =>
  layers.length > 0 ? layers.map(layerName).join(' ') : elf === undefined ? '' : 'ELF'

/** The guest as the image names it: `linux 2.6`. */
export function describeGuest({ elf }: Facts): string {
  if (elf === undefined) return ''
  const os = textOf(elf.notes, GUEST_OS) ?? guestKey(elf, 'GUEST_OS')
  const version = textOf(elf.notes, GUEST_VERSION) ?? guestKey(elf, 'GUEST_VERSION')
  const bits = elf.class === ELFCLASS64 ? '64-bit' : '32-bit'
  return [bits, os ?? 'unnamed', version].filter(part => part !== undefined).join(' ')
}
