/** Kernels by the hundred: copies of real ones of which each says another version, so that none is a copy to a scan. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RealImage } from './kernel.ts'

/** kernel_version: where the text is, counted from 0x200 on (Linux Documentation/arch/x86/boot.rst). */
const KERNEL_VERSION = 0x20e

/** Writes `times` copies of each image into `directory`, and returns their paths. */
export function deriveImages(images: readonly RealImage[], times: number, directory: string): string[] {
  mkdirSync(directory, { recursive: true })
  return images.flatMap(({ path }, index) => {
    const bytes = readFileSync(path)
    const version = bytes.readUInt16LE(KERNEL_VERSION) + 0x200
    return Array.from({ length: times }, (_, copy) => {
      const derived = join(directory, `${index}-${copy}-${basename(path)}`)
      bytes.write(String(copy).padStart(3, '0'), version, 'latin1')
      writeFileSync(derived, bytes)
      return derived
    })
  })
}
