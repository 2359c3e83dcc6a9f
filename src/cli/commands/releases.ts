/**
 * `xen-preflight releases`: what is known of Xen's releases.
 * @module
 */
import { Command, Option } from 'commander'
import { components } from '../../boot/components.ts'
import { jsonText } from '../../document/printable.ts'
import { componentTable } from '../../report/component-table.ts'
import { changesTable, releasesTable, releaseTable } from '../../report/releases-table.ts'
import { vendorsTable } from '../../report/vendor-table.ts'
import type { TextSetter } from '../../report/text-setter.ts'
import { describeComponent } from '../../xen/component-data.ts'
import { describeRelease, diffReleases, listReleases } from '../../xen/release-data.ts'
import { describedVendors, describeVendor } from '../../xen/vendors/vendor-data.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { knownRelease } from '../known-release.ts'
import { print } from '../sink.ts'
import { stdoutSetter } from '../stdout-setter.ts'
import { UsageError } from '../usage-error.ts'

const EXAMPLES = `
Examples:
  All releases that are known, and what changed in each
    $ xen-preflight releases
  What 4.1.6.1 does, each with its source
    $ xen-preflight releases 4.1.6.1
  What GRUB's loader for Xen guests does, version by version
    $ xen-preflight releases --component pvgrub2
  What the Xen that Debian ships differs in, each with its source
    $ xen-preflight releases --vendor debian
  What an upgrade changes
    $ xen-preflight releases --diff 4.1.6.1 4.4.4`

interface ReleasesFlags {
  component?: string
  vendor?: string
  diff: boolean
  output: 'table' | 'json'
}

export const releasesCommand = (finish: (code: number) => void): Command =>
  new Command('releases')
    .argument('[version...]', 'none for the list; one for all that it does; two with --diff')
    .addOption(
      new Option('--component <name>', 'a boot loader of guests, in place of Xen')
        .choices(['pygrub', 'pv-grub', 'pvgrub2', 'pvhgrub'])
        .conflicts('diff'),
    )
    .addOption(
      new Option('--vendor <name>', "differences of a vendor's builds of Xen, or of all vendors'")
        .choices([...describedVendors, 'all'])
        .conflicts(['diff', 'component']),
    )
    .option('--diff', 'print the changes from the first version to the second', false)
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (versions: string[], flags: ReleasesFlags) => {
      print(textOf(versions, flags))
      finish(EXIT_DONE)
    })

function textOf(versions: readonly string[], { component, vendor, diff, output }: ReleasesFlags): string {
  if (vendor !== undefined) return vendorAction(vendor, versions, output)
  return component === undefined
    ? releasesAction(versions, diff, output)
    : componentAction(component, versions, output)
}

/** What is known of a vendor's builds, or of `all`. Throws a UsageError where a version is given too. */
export function vendorAction(name: string, versions: readonly string[], output: 'table' | 'json'): string {
  if (versions.length > 0) {
    throw new UsageError(`Cannot print a version with --vendor, found ${versions.join(', ')}`)
  }
  const vendors = describedVendors.filter(vendor => name === 'all' || vendor === name).map(describeVendor)
  return output === 'json' ? `${jsonText(vendors, 2)}\n` : vendorsTable(vendors, stdoutSetter())
}

/** The text to print; throws a UsageError for versions that are not known or too many. */
export function releasesAction(versions: readonly string[], diff: boolean, output: 'table' | 'json'): string {
  const print = <T>(data: T, table: (data: T, setter: TextSetter) => string) =>
    output === 'json' ? `${jsonText(data, 2)}\n` : `${table(data, stdoutSetter())}\n`
  const [a, b, ...more] = versions.map(version => knownRelease(version))
  if (diff) {
    if (a === undefined || b === undefined || more.length > 0) {
      throw new UsageError(`Cannot compare: --diff takes two versions, found ${versions.length}`)
    }
    const changes = diffReleases(a.release, b.release)
    const assumptions = [...a.assumptions, ...b.assumptions]
    return print({ from: a.release, to: b.release, assumptions, changes }, changesTable)
  }
  if (b !== undefined)
    throw new UsageError('Cannot print several releases at once: to compare two, give --diff')
  return a === undefined
    ? print(listReleases(), releasesTable)
    : print({ ...a, gates: describeRelease(a.release) }, releaseTable)
}

/** What is known of a component: all of it, or of one version. Throws a UsageError for a version that is not known. */
export function componentAction(name: string, versions: readonly string[], output: 'table' | 'json'): string {
  const component = components.find(known => known.name === name)!
  const [version, ...more] = versions
  if (more.length > 0) throw new UsageError('Cannot print several versions at once')
  if (version !== undefined && !component.versions.includes(version)) {
    throw new UsageError(`${name} ${version} is not known: known are ${component.versions.join(', ')}`)
  }
  const data = describeComponent(component, version)
  return output === 'json' ? `${jsonText(data, 2)}\n` : `${componentTable(data, stdoutSetter())}\n`
}
