/** Which entry of which configuration file pygrub takes (run_grub and image_index of tools/pygrub/src/pygrub). */
import type { GuestFiles } from '../guest-files.ts'
import type { PygrubAnswer, PygrubChoice, PygrubOptions } from './answer.ts'
import { parseExtlinux } from './extlinux.ts'
import { parseGrubLegacy } from './grub-legacy.ts'
import { parseGrub2 } from './grub2.ts'
import type { Entry, Menu, PygrubContext } from './lines.ts'
import type { Grammar } from './gates/config.ts'
import type { PygrubReader } from './pygrub.ts'
import { PythonError } from './python.ts'

const PARSERS: Readonly<Record<Grammar, (context: PygrubContext, content: string) => Menu>> = {
  'grub-legacy': parseGrubLegacy,
  grub2: parseGrub2,
  extlinux: parseExtlinux,
}

/** run_grub: reads the first configuration file that is there, and takes its default entry. */
export function chooseEntry(
  context: PygrubContext,
  files: GuestFiles,
  options: PygrubOptions,
  seen: PygrubAnswer,
): PygrubChoice {
  const { ask, text } = context
  const config = ask.gate('config-files').find(([path]) => files.pygrubSize(path) !== undefined)
  if (config === undefined) {
    throw new PythonError('RuntimeError', "couldn't find bootloader config file in the image provided.")
  }
  const [path, grammar] = config
  seen.config = path
  const limit = ask.gate('config-limit')
  const content = text.decode(files.read(path, limit === 0 ? undefined : limit))
  const menu = PARSERS[grammar](context, content)
  const entry = entryOf(context, menu, selected(context, menu, options.entry))
  seen.title = entry.title
  if (entry.kernel === undefined) {
    throw new PythonError('TypeError', "'NoneType' object has no attribute '__getitem__'")
  }
  return {
    kernel: entry.kernel,
    ...(entry.initrd !== undefined && { ramdisk: entry.initrd }),
    args: joinArguments(ask, entry.args ?? '', options.args ?? ''),
  }
}

/** The index of the entry to boot: image_index, and --entry. */
function selected({ ask, text }: PygrubContext, menu: Menu, wanted: string | undefined): number {
  let index = typeof menu.default === 'number' ? menu.default : byTitle(menu, menu.default)
  if (wanted === undefined) return index
  if (text.version === 3 && ask.gate('entry-python3') === 'error') {
    throw new PythonError('AttributeError', "module 'string' has no attribute 'atoi'")
  }
  const number = /^\s*[+-]?[0-9]+\s*$/.test(wanted)
    ? Number(wanted)
    : menu.entries.findIndex(({ title }) => title === wanted)
  const least = ask.gate('entry-zero') ? 0 : 1
  if (number >= least && number < menu.entries.length) index = number
  return index
}

/** A number in text, or a title: of a path of titles the last part. */
function byTitle({ entries }: Menu, wanted: string): number {
  if (/^[0-9]+$/.test(wanted)) return Number(wanted) > entries.length ? 0 : Number(wanted)
  let title = wanted
  for (;;) {
    const leaf = /\S>(\S.+$)/.exec(title)?.[1]
    if (leaf === undefined) break
    title = leaf
  }
  return Math.max(
    0,
    entries.findIndex(entry => entry.title === title),
  )
}

function entryOf({ ask }: PygrubContext, { entries }: Menu, index: number): Entry {
  const entry = entries[index]
  if (entry !== undefined) return entry
  switch (ask.gate('default-missing')) {
    case 'name-error':
      throw new PythonError('NameError', "global name 'log' is not defined")
    case 'first':
      if (entries[0] !== undefined) return entries[0]
  }
  throw new PythonError('IndexError', 'list index out of range')
}

function joinArguments(ask: PygrubReader, own: string, extra: string): string {
  switch (ask.gate('arguments')) {
    case 'own-only':
      return own
    case 'added-to-own':
      return own === '' ? '' : `${own} ${extra}`
    default:
      return extra === '' ? own : `${own} ${extra}`
  }
}
