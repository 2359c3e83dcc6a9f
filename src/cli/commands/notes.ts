/**
 * `xen-preflight notes`: every note of an image, decoded.
 * @module
 */
import { Command, Option } from 'commander'
import { jsonText } from '../../document/printable.ts'
import { notesData, notesTable } from '../../report/notes-table.ts'
import { TextSetter } from '../../report/text-setter.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { printEach } from '../print-each.ts'
import { readOne } from '../read-one.ts'
import { addReadOptions, type ReadFlags } from '../read-options.ts'
import { stdoutStyle } from '../screen.ts'

const EXAMPLES = `
Examples:
  $ xen-preflight notes /boot/vmlinuz-6.1.0-50-amd64
  Which releases read each of them?
    $ xen-preflight notes --readers /boot/vmlinuz-6.1.0-50-amd64
  Would QEMU, Firecracker and Cloud Hypervisor find its PVH entry?
    $ xen-preflight notes --strict-readers vmlinux-6.12
  For other programs
    $ xen-preflight notes -o json /usr/lib/grub-xen/*.bin`

interface NotesFlags extends ReadFlags {
  output: 'table' | 'json'
  readers: boolean
  strictReaders: boolean
}

export const notesCommand = (finish: (code: number) => void): Command =>
  addReadOptions(new Command('notes').argument('<image...>', 'kernels'))
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'),
    )
    .option('--readers', 'print the releases that read each note', false)
    .option('--strict-readers', 'print which other programs find the PVH entry (note 18)', false)
    .addHelpText('after', helpText(EXAMPLES))
    .action((images: string[], flags: NotesFlags) => {
      const isJson = flags.output === 'json'
      // A pipe gets each value in one line.
      const setter = new TextSetter({
        ...stdoutStyle(),
        ...(process.stdout.isTTY !== true && { width: Number.POSITIVE_INFINITY }),
      })
      let hasProblem = false
      const exitCode = printEach(images, isJson, image => {
        const record = readOne(image, flags)
        if (record.problem !== undefined) hasProblem = true
        return isJson
          ? jsonText(notesData(image, record, flags.strictReaders), 2)
          : notesTable(image, record, flags, setter)
      })
      finish(exitCode === EXIT_DONE && hasProblem ? EXIT_FINDINGS : exitCode)
    })
