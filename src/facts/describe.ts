/**
 * An image in a few words.
 * @module
 */
import { ELFCLASS64 } from './elf-format.ts'
import type { Facts, Layer } from './facts.ts'
import { guestVersion, identify, identityName } from './identity.ts'

/** What a layer is called: `bzImage`, `xz`. A setup_sects of 0 is told: Xen reads it so, and boot loaders as 4. */
function layerName(layer: Layer): string {
  if (layer.kind === 'stream') return layer.codec
  return layer.setupSects === 0 ? 'bzImage (setup_sects 0)' : 'bzImage'
}

/** How the image is wrapped: `bzImage xz`, `gzip`, `ELF`. */
export const describeLayers = ({ layers, elf }: Facts): string =>
  layers.length > 0 ? layers.map(layerName).join(' ') : elf === undefined ? '' : 'ELF'

/** The guest as the image names it: `64-bit linux 6.1.0-50-amd64`. A bzImage names itself without an ELF in it, too. */
export function describeGuest(facts: Facts): string {
  const { elf } = facts
  const identity = identify(facts)
  if (elf === undefined) return identity.system === 'unknown' ? '' : identityName(identity)
  const told = identity.system === 'linux' && identity.version === undefined ? guestVersion(elf) : undefined
  const parts = [elf.class === ELFCLASS64 ? '64-bit' : '32-bit', identityName(identity), told]
  return parts.filter(part => part !== undefined).join(' ')
}
