/**
 * Xen's own command line, as far as it decides who starts (docs/misc/xen-command-line in the Xen source).
 * @module
 */
import type { GuestKind } from './boot-mode.ts'

export interface CommandLine {
  /** `pv=no-32`, or `pv=32` (parse_pv in xen/arch/x86/pv/domain.c); absent where the line says nothing. */
  pv32?: boolean
  /** As what dom0 is built: `dom0=pvh`, and up to 4.8 `dom0pvh`; PV where the line says nothing. */
  dom0?: GuestKind
  /** `dom0=verbose` (parse_dom0_param in xen/arch/x86/dom0_build.c); absent where the line says nothing. */
  verbose?: boolean
}

const TRUE = new Set(['1', 'on', 'true', 'yes', 'enable'])
const FALSE = new Set(['0', 'off', 'false', 'no', 'disable'])

/** A flag in a list, as parse_boolean reads it: `32`, `no-32`, `32=off`. */
function flagOf(word: string, name: string): boolean | undefined {
  if (word === name) return true
  if (word === `no-${name}`) return false
  if (!word.startsWith(`${name}=`)) return undefined
  const value = word.slice(name.length + 1)
  return TRUE.has(value) ? true : FALSE.has(value) ? false : undefined
}

/** Reads a command line; of options that come again the last one counts. */
export function readCommandLine(text: string): CommandLine & { dom0: GuestKind } {
  const line: CommandLine & { dom0: GuestKind } = { dom0: 'pv' }
  for (const option of text.split(/\s+/)) {
    const equals = option.indexOf('=')
    const name = equals === -1 ? option : option.slice(0, equals)
    const words = equals === -1 ? [] : option.slice(equals + 1).split(',')
    if (name === 'pv') {
      for (const word of words) {
        const flag = flagOf(word, '32')
        if (flag !== undefined) line.pv32 = flag
      }
    } else if (name === 'dom0') {
      for (const word of words) {
        if (word === 'pv' || word === 'pvh') line.dom0 = word
        const verbose = flagOf(word, 'verbose')
        if (verbose !== undefined) line.verbose = verbose
      }
    } else if (name === 'dom0pvh') {
      if (flagOf(option, 'dom0pvh') === true) line.dom0 = 'pvh'
    }
  }
  return line
}
