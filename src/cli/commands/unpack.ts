/**
 * `xen-preflight unpack`: the ELF inside an image, whole and checked.
 * @module
 */
import { isatty } from 'node:tty'
import { Command } from 'commander'
import type { ElfFacts } from '../../facts/facts.ts'
import { createEngine } from '../../fleet/engines.ts'
import { hex } from '../../problem.ts'
import { openImage } from '../../unwrap/read-image.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { type ImageFile, withImage } from '../image-source.ts'
import { assertWritable, putAll, putSource, writeKernel } from '../kernel-file.ts'
import { addReadOptions, type ReadFlags, scanOptions } from '../read-options.ts'
import { tell } from '../screen.ts'
import { UsageError } from '../usage-error.ts'

const EXAMPLES = `
Examples:
  $ xen-preflight unpack /boot/vmlinuz-6.1.0 -o vmlinux
  Out of a disk
    $ xen-preflight unpack 'web01.qcow2!/part2/boot/vmlinuz-6.1.0' -o vmlinux
  Look at its program headers
    $ xen-preflight unpack /boot/vmlinuz-6.1.0 -o vmlinux && readelf -lW vmlinux`

export interface UnpackFlags extends ReadFlags {
  output?: string
}

export const unpackCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('unpack')
      .description('Unpack the ELF inside a bzImage or a compressed kernel, with all its checksums compared.')
      .argument('<image>', 'a kernel, or an address in a container such as web01.qcow2!/part2/boot/vmlinuz'),
  )
    .option('-o, --output <file>', 'where to write it; standard output otherwise')
    .addHelpText('after', EXAMPLES)
    .action(async (image: string, flags: UnpackFlags) => {
      await unpackAction(image, flags)
      finish(EXIT_DONE)
    })

const STDOUT = 1
const PT_LOAD = 1

/** Problems of an ELF that is there to its last byte all the same. */
const WHOLE: ReadonlySet<string> = new Set([
  'elf-big-endian',
  'elf-machine-unsupported',
  'note-outside-file',
  'too-many-headers',
  'too-many-notes',
])

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
  const { engine, read } = scanOptions(flags)
  const { limits = {} } = read
  const { facts, problem, elf, close } = openImage(createEngine(engine), file.source, { limits })
  try {
    if (problem !== undefined && !(elf !== undefined && WHOLE.has(problem.code))) {
      throw new UsageError(`${image}: ${problem.message}`)
    }
    if (elf === undefined || facts.elf === undefined) {
      throw new UsageError(`${image}: Cannot find an ELF in the image: it is a flat image`)
    }
    const cut = missingPart(facts.elf)
    if (cut !== undefined) throw new UsageError(`${image}: ${cut}`)
    if (problem !== undefined) tell(`${image}: ${problem.message}`)
    if (output === undefined) putSource(elf, bytes => putAll(STDOUT, bytes, 'standard output'))
    else {
      await writeKernel(output, file, put => {
        putSource(elf, put)
        file.assertUnchanged()
      })
    }
  } finally {
    close()
  }
}

/** What says that bytes are missing at the end of the ELF. */
function missingPart({ segments, size }: ElfFacts): string | undefined {
  for (const { type, index, offset, filesz } of segments) {
    const end = BigInt(offset) + BigInt(filesz)
    if (type === PT_LOAD && end > BigInt(size)) {
      return `Cannot take the ELF for whole: its segment ${index} ends at ${hex(end)}, the file at ${hex(size)}`
    }
  }
  return undefined
}
