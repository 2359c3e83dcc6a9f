/** What the three grammars share: splitting lines, and names of devices (tools/pygrub/src/GrubConf.py). */
import type { PygrubReader } from './pygrub.ts'
import { PythonError, type PythonText, splitAt, unpackTwo } from './python.ts'

/** One entry of a menu, as pygrub holds it. */
export interface Entry {
  title: string
  kernel?: string
  /** The entry's own arguments. */
  args?: string
  initrd?: string
}

export interface Menu {
  entries: Entry[]
  /** A number, or in some releases text. */
  default: number | string
}

/** What a parser of a configuration has to know: what its release does, and the Python that runs it. */
export interface PygrubContext {
  ask: PygrubReader
  text: PythonText
}

/** grub_split */
export function grubSplit({ text }: PygrubContext, line: string, most: number): string[] {
  const equals = line.indexOf('=')
  if (equals === -1) return text.split(line, most)
  let space = line.indexOf(' ')
  const tab = line.indexOf('\t')
  if (tab !== -1 && (tab < space || space === -1)) space = tab
  return equals < space || space === -1 ? splitAt(line, '=', most) : text.split(line, most)
}

/** grub_exact_split(line, 2) */
export function commandOf(context: PygrubContext, line: string): [command: string, argument: string] {
  const [command = '', argument = ''] = grubSplit(context, line, 1)
  return [command, argument]
}

/** The lines that count: stripped, neither empty nor a comment. */
export function* linesOf({ text }: PygrubContext, content: string): Generator<string> {
  for (const raw of content.split('\n')) {
    const line = text.strip(raw)
    if (line !== '' && !line.startsWith('#')) yield line
  }
}

/** get_path: checks the device, and returns the path after it. */
export function pathOf(context: PygrubContext, value: string): string {
  if (!value.startsWith('(')) return value
  const end = value.indexOf(')')
  if (end === -1) throw new PythonError('ValueError', "Unable to find matching ')'")
  checkDevice(context, value.slice(0, end))
  return value.slice(end + 1)
}

/** GrubDiskPart: throws where the name of a device is not understood; what it names is never used. */
export function checkDevice(context: PygrubContext, name: string): void {
  if (!name.includes(',')) {
    checkDisk(context, name)
    return
  }
  const [disk, part] = unpackTwo(splitAt(name, ',', 2))
  checkDisk(context, disk)
  let number = withoutParentheses(part)
  for (const prefix of context.ask.gate('partition-names')) {
    if (number.startsWith(prefix)) number = number.slice(prefix.length)
  }
  context.text.int(number)
}

const withoutParentheses = (name: string) => name.replaceAll('(', '').replaceAll(')', '')
const XVD = '/dev/xvd'

function checkDisk({ ask, text }: PygrubContext, value: string): void {
  const name = withoutParentheses(value)
  if (name.startsWith(XVD) && ask.gate('xvd-names')) {
    if (name.length === XVD.length) throw new PythonError('IndexError', 'string index out of range')
    return
  }
  text.int(name.slice(2))
}

/** set_kernel of GRUB's two grammars. */
export function setKernel(context: PygrubContext, entry: Entry, value: string): void {
  delete entry.args
  if (!value.includes(' ')) {
    entry.kernel = pathOf(context, value)
    return
  }
  const [kernel, args] = unpackTwo(context.text.split(value, 1))
  entry.kernel = pathOf(context, kernel)
  entry.args = args
}

/** _set_default */
export function setDefault({ ask, text }: PygrubContext, menu: Menu, value: string): void {
  const kind = ask.gate('default-value')
  if (value === 'saved') menu.default = kind === 'number-saved-invalid' ? -1 : 0
  else if (kind === 'title') menu.default = value
  else menu.default = kind === 'number-or-first' ? intOr0(text, value) : text.int(value)
  if (typeof menu.default === 'number' && menu.default < 0) {
    const number = kind === 'number-or-first' ? 'non-negative' : 'positive'
    throw new PythonError('ValueError', `default must be ${number} number`)
  }
}

function intOr0(text: PythonText, value: string): number {
  try {
    return text.int(value)
  } catch {
    return 0
  }
}
