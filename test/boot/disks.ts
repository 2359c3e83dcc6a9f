/** Guest disks of fixtures/boot-paths. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { GuestDisk } from '../../src/boot/guest-disk.ts'
import { Budget } from '../../src/containers/budget.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'

export const BOOT_PATHS = new URL('../../fixtures/boot-paths/', import.meta.url)
const engine = createEngine('typescript')

export function guestDisk(bytes: Uint8Array): GuestDisk {
  return new GuestDisk(new MemorySource(bytes), { budget: new Budget(), engine })
}

export const fixtureDisk = (name: string): GuestDisk =>
  guestDisk(gunzipSync(readFileSync(new URL(`disks/${name}.img.gz`, BOOT_PATHS))))
