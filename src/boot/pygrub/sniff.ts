/** Systems that pygrub takes by their files, before it looks for any configuration: Solaris and NetWare. */
import type { GuestFiles } from '../guest-files.ts'
import type { PygrubChoice, PygrubOptions } from './answer.ts'
import type { PygrubReader } from './pygrub.ts'

const SOLARIS = {
  kernel: '/platform/i86xpv/kernel/unix',
  archive: '/platform/i86pc/boot_archive',
  kernel64: '/platform/i86xpv/kernel/amd64/unix',
  archive64: '/platform/i86pc/amd64/boot_archive',
}
const NETWARE = '/nwserver/xnloader.sys'

/** sniff_solaris and sniff_netware. */
export function sniff(
  ask: PygrubReader,
  files: GuestFiles,
  options: PygrubOptions,
): PygrubChoice | undefined {
  return sniffSolaris(ask, files, options) ?? sniffNetware(ask, files, options)
}

function exists(files: GuestFiles, path: string): boolean {
  return files.pygrubSize(path) !== undefined
}

function sniffSolaris(
  ask: PygrubReader,
  files: GuestFiles,
  options: PygrubOptions,
): PygrubChoice | undefined {
  if (options.solaris === false) return undefined
  const { kernel, archive, kernel64, archive64 } = SOLARIS
  const rule = ask.gate('solaris')
  if (!exists(files, kernel) && !(rule === 'either' && exists(files, kernel64))) return undefined
  const wide = rule === 'amd64' || exists(files, kernel64)
  const choice = wide ? { kernel: kernel64, ramdisk: archive64 } : { kernel, ramdisk: archive }
  return { ...choice, args: solarisArguments(choice.kernel, options.args ?? '') }
}

/** Properties for Xen come first, then the kernel, then the rest. */
function solarisArguments(kernel: string, args: string): string {
  if (args === '') return kernel
  const words = args.split(/\s+/).filter(word => word !== '')
  const isXen = (word: string) => word.startsWith('root=') || word.startsWith('ip=')
  const xen = words.filter(isXen).map(word => `${word} `)
  const user = words.filter(word => !isXen(word) && word !== kernel).map(word => `${word} `)
  return `${xen.join('')} ${kernel} ${user.join('')}`
}

function sniffNetware(
  ask: PygrubReader,
  files: GuestFiles,
  options: PygrubOptions,
): PygrubChoice | undefined {
  if (!ask.gate('netware') || !exists(files, NETWARE)) return undefined
  return { kernel: NETWARE, args: options.args ?? '' }
}
