/**
 * `xen-preflight repair`: the smallest change after which a kernel starts where it has to.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type BootPath, parseBootPath } from '../../xen/boot-path/boot-path.ts'
import { parseBuildFacts } from '../build-facts.ts'
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { addReadOptions } from '../read-options.ts'
import type { FleetFlags } from '../repair-fleet.ts'
import type { KernelFlags, RepairFlags } from '../repair-run.ts'
import { buildOption, collect, mapOption, modeOption } from '../target-options.ts'
import { UsageError } from '../usage-error.ts'

const EXAMPLES = `
Examples:
  Print the changes after which Xen 4.1.6.1 accepts the kernel as domU and as dom0
    $ xen-preflight repair vmlinuz-3.13-pvh --for 4.1.6.1 --mode pv-domU,pv-dom0 --dry-run
  Write the repaired kernel
    $ xen-preflight repair vmlinuz-3.13-pvh --for 4.1.6.1 -o vmlinuz-3.13-repaired
  Plan the repairs of a fleet, and write a script that makes them
    $ xen-preflight repair --plan --inventory fleet.yaml /srv/kernels -o /srv/repaired --script repair.sh
  Write the same plan as JSON
    $ xen-preflight repair --plan --inventory fleet.yaml /srv/kernels -o json=plan.json
  Repair it for all hosts of the fleet, and for guests that boot with GRUB 2.06
    $ xen-preflight repair vmlinuz-6.1.0 --inventory fleet.yaml --for pvgrub2@2.06 -o repaired/vmlinuz-6.1.0`

function level(text: string): number {
  if (!/^[1-9]$/.test(text)) throw new InvalidArgumentError('expected a level of gzip, 1 to 9.')
  return Number(text)
}

function bootPath(text: string, before: BootPath[] = []): BootPath[] {
  const path = parseBootPath(text)
  if (typeof path === 'string') throw new InvalidArgumentError(`${path}.`)
  return [...before, path]
}

export const repairCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('repair').argument(
      '<image...>',
      'a kernel, or an address in a container such as web01.qcow2!/part2/boot/vmlinuz; with --plan files and directories',
    ),
  )
    .option(
      '--for <targets>',
      'targets that must accept it: releases (4.1.6.1, 4.17, 3.4.0..4.22.0, all), products, hosts of the inventory, boot paths (pvgrub2@2.06); may be repeated',
      collect,
    )
    .option(
      '--inventory <file>',
      'hosts that must accept it: all, unless --for names some; may be repeated',
      collect,
    )
    .addOption(mapOption())
    .addOption(buildOption().argParser(parseBuildFacts))
    .addOption(modeOption('boot modes (default: pv-domU, or those of the hosts in the inventory)'))
    .addOption(
      new Option(
        '--boot <path>',
        'a boot loader of guests that must also accept it, such as pvgrub2@2.06; may be repeated',
      ).argParser(bootPath),
    )
    .option(
      '-o, --output <file>',
      'file of the repaired kernel; with --plan its directory (default: repaired), or table, json or json=FILE for the plan; may be repeated with --plan',
      collect,
    )
    .option('--dry-run', 'print the changes, and write nothing', false)
    .option(
      '--partial',
      'also write a kernel that only some of the targets accept, as many as possible',
      false,
    )
    .option('--plan', 'plan the repairs of a catalogue on the fleet of --inventory, and write nothing', false)
    .option(
      '--script <file>',
      'with --plan: write a shell script that makes the repairs; - for standard output',
    )
    .option('--apply', 'with --plan: make the repairs, several at once', false)
    .option('--no-progress', 'draw no progress bar')
    .option(
      '--prove [xen]',
      "boot it in qemu-system-x86_64 up to its first console lines: as PVH by QEMU's loader, and with a hypervisor, such as Debian's xen-4.17-amd64.gz, as PV dom0 of that Xen",
    )
    .addOption(
      new Option(
        '--level <n>',
        'compression level of gzip, 1 to 9 (default: 6; 9 if the old payload is gzip, so that the new one fits its place)',
      ).argParser(level),
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (images: string[], given: GivenFlags) => {
      const { output: outputs = [], ...flags } = given
      if (flags.plan) {
        const { repairFleet } = await import('../repair-fleet.ts')
        finish(await repairFleet(images, { ...flags, outputs }))
        return
      }
      if (outputs.length > 1) {
        throw new UsageError(`Cannot write the kernel to ${outputs.join(' and ')}: give --output once`)
      }
      const [output] = outputs
      const isDone = await repairOne(images, { ...flags, ...(output !== undefined && { output }) })
      finish(isDone ? EXIT_DONE : EXIT_FAILED)
    })

type GivenFlags = RepairFlags & Omit<FleetFlags, 'outputs'> & { plan: boolean; output?: string[] }

async function repairOne(
  images: readonly string[],
  flags: KernelFlags & Pick<FleetFlags, 'script' | 'apply'>,
): Promise<boolean> {
  const [image] = images
  if (images.length > 1) {
    throw new UsageError(
      `Cannot repair ${images.length} kernels at once: give one, or --plan with an inventory`,
    )
  }
  if (flags.script !== undefined || flags.apply) {
    throw new UsageError('Cannot use --script and --apply without --plan')
  }
  if (flags.output === undefined && !flags.dryRun) {
    throw new UsageError('Cannot repair without a place for the new kernel: give --output, or --dry-run')
  }
  const { repairImage } = await import('../repair-run.ts')
  return repairImage(image!, flags)
}
