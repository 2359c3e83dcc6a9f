/**
 * libelf as a whole: elf_init, elf_parse_binary and elf_xen_parse, asked as a loader asks it.
 * @module
 */
import type { GateReader } from '../gate-reader.ts'
import type { Stop } from '../verdict.ts'
import { calculateAddresses } from './addresses.ts'
import type { ElfImage } from './image.ts'
import { parseBinary } from './init.ts'
import { checkNotes } from './note-check.ts'
import { readNotes } from './notes.ts'
import { type Parameters, unsetParameters } from './parameters.ts'

export interface Parsed {
  parameters: Parameters
  /** Why libelf refuses the kernel. */
  stop?: Stop
}

/**
 * elf_parse_binary and elf_xen_parse.
 *
 * @param size The image's size as the loader passes it.
 * @param container True where the container is HVM or PVH, whether this release tells libelf or not.
 */
export function parseElf(ask: GateReader, image: ElfImage, size: number, container: boolean): Parsed {
  const parameters = unsetParameters()
  const hvm = container && ask.gate('hvm-argument') === 'present'
  parseBinary(ask, image, parameters)
  const stop =
    readNotes(ask, image, parameters, size, hvm) ??
    checkNotes(ask, image, parameters, hvm) ??
    calculateAddresses(ask, image, parameters, size, hvm)
  return stop === undefined ? { parameters } : { parameters, stop }
}
