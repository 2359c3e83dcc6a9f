/**
 * `xen-preflight unpack`: the ELF inside an image, whole and checked.
 * @module
 */
import { isatty } from 'node:tty'
import { Command } from 'commander'
import { EXIT_DONE } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { type ImageFile, withImage } from '../image-source.ts'
import { assertWritable, putAll, putSource, writeKernel } from '../kernel-file.ts'
import { addReadOptions, type ReadFlags } from '../read-options.ts'
import { UsageError } from '../usage-error.ts'
import { openElf } from '../whole-elf.ts'

const EXAMPLES = `
Examples:
  $ xen-preflight unpack /boot/vmlinuz-6.1.0 -o vmlinux
  From a disk image
    $ xen-preflight unpack 'web01.qcow2!/part2/boot/vmlinuz-6.1.0' -o vmlinux
  Print its program headers
    $ xen-preflight unpack /boot/vmlinuz-6.1.0 -o vmlinux && readelf -lW vmlinux`

export interface UnpackFlags extends ReadFlags {
  output?: string
}

export const unpackCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('unpack').argument(
      '<image>',
      'a kernel, or an address in a container such as web01.qcow2!/part2/boot/vmlinuz',
    ),
  )
    .option('-o, --output <file>', 'output file (default: standard output)')
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (image: string, flags: UnpackFlags) => {
      await unpackAction(image, flags)
      finish(EXIT_DONE)
    })

const STDOUT = 1

/** Throws a UsageError where the image has no whole ELF in it, or the file cannot be written. */
export async function unpackAction(image: string, flags: UnpackFlags): Promise<void> {
  const { output } = flags
  if (output === undefined && isatty(STDOUT)) {
    throw new UsageError('Cannot write an ELF to a terminal: name a file with --output')
  }
  await withImage(image, flags, async file => {
    if (output !== undefined) assertWritable(output, file)
    await unpack(image, file, flags)
  })
}

async function unpack(image: string, file: ImageFile, flags: UnpackFlags): Promise<void> {
  const { output } = flags
  const { elf, finish, close } = openElf(image, file.source, flags)
  try {
    finish()
    if (output === undefined) putSource(elf, bytes => putAll(STDOUT, bytes, 'standard output'))
    else {
      await writeKernel(output, file, unfinished => {
        putSource(elf, bytes => unfinished.put(bytes))
        file.assertUnchanged()
      })
    }
  } finally {
    close()
  }
}
