/**
 * `--prove`: the repaired kernel booted in the emulator, before it gets its name.
 * @module
 */
import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import type { Facts } from '../facts/facts.ts'
import {
  type BootRequest,
  bootInEmulator,
  dom0Request,
  pvhRequest,
  unpackXen,
  withScratch,
  writeElf,
} from '../fleet/repair/emulator.ts'
import { openFile } from '../source/node/file.ts'
import { openImage } from '../unwrap/read-image.ts'
import { tell } from './screen.ts'

/** XEN_ELFNOTE_PHYS32_ENTRY, XEN_ELFNOTE_ENTRY. */
const PHYS32_ENTRY = 18
const ENTRY = 1

const hasNote = ({ elf }: Facts, type: number) =>
  elf?.notes.some(note => note.owner === 'Xen' && note.type === type) ?? false

/**
 * Boots the kernel at `path` as PVH by QEMU and, where a hypervisor is given, as PV dom0 of it. Returns a sentence for each
 * boot. Throws a RepairError where one does not come to the kernel's first line.
 */
export async function bootRepaired(
  path: string,
  facts: Facts,
  engine: Engine,
  xen: string | undefined,
): Promise<string[]> {
  return withScratch(async directory => {
    const requests: BootRequest[] = []
    if (hasNote(facts, PHYS32_ENTRY)) {
      const vmlinux = join(directory, 'vmlinux')
      unpackTo(path, vmlinux, engine)
      requests.push(pvhRequest(vmlinux))
    } else tell('Not booted as PVH: the kernel has no PHYS32_ENTRY note')
    if (xen !== undefined && hasNote(facts, ENTRY)) {
      const hypervisor = join(directory, 'xen')
      unpackXen(xen, hypervisor)
      // A name without spaces, where QEMU's list of modules ends one.
      const kernel = join(directory, 'kernel')
      symlinkSync(resolve(path), kernel)
      requests.push(dom0Request(hypervisor, kernel, 'pv'))
    } else if (xen !== undefined) tell('Not booted as PV dom0: the kernel has no ENTRY note')
    const sentences: string[] = []
    for (const request of requests) {
      const { how, version, lines, last } = await bootInEmulator(request)
      sentences.push(`as ${how}: ${version.split(' (')[0]}, ${lines} lines up to "${last}"`)
    }
    return sentences
  })
}

function unpackTo(path: string, vmlinux: string, engine: Engine): void {
  const source = openFile(path)
  const { elf, close } = openImage(engine, source)
  try {
    writeElf(elf!, vmlinux)
  } finally {
    close()
    source.close()
  }
}
