/** isolinux.cfg and extlinux.conf, as pygrub reads them (tools/pygrub/src/ExtLinuxConf.py). */
import { commandOf, type Entry, linesOf, type Menu, type PygrubContext } from './lines.ts'
import { PythonError, unpackTwo } from './python.ts'

const INITRD = 'initrd='

export function parseExtlinux(context: PygrubContext, content: string): Menu {
  const { text } = context
  const entries: Entry[] = []
  let wanted: string | undefined
  let open: string[] | undefined
  const close = () => {
    if (open !== undefined) entries.push(entryOf(context, open))
  }
  for (const line of linesOf(context, content)) {
    if (line.toLowerCase().startsWith('label')) {
      close()
      open = [line]
    } else if (open !== undefined) open.push(line)
    else {
      const [command, argument] = commandOf(context, line)
      if (command.toLowerCase() === 'default') wanted = text.strip(argument)
    }
  }
  close()
  const index = entries.findIndex(({ title }) => title === wanted)
  return { entries, default: Math.max(index, 0) }
}

function entryOf(context: PygrubContext, lines: readonly string[]): Entry {
  const { text } = context
  const entry: Entry = { title: '', args: '' }
  for (const line of lines) {
    const [first, argument] = commandOf(context, line)
    const command = first.toLowerCase()
    const value = text.strip(argument).replace(/^"(.+)"$/, '$1')
    if (command === 'label') entry.title = value
    else if (command === 'kernel') setKernel(context, entry, value)
    else if (command === 'append') append(context, entry, argument)
  }
  return entry
}

function setKernel({ text }: PygrubContext, entry: Entry, value: string): void {
  delete entry.args
  entry.kernel = value
  if (!value.includes(' ')) return
  const [kernel, args] = unpackTwo(text.split(value, 1))
  entry.kernel = kernel
  entry.args = args
}

function append(context: PygrubContext, entry: Entry, argument: string): void {
  const { ask, text } = context
  if (entry.kernel?.endsWith('mboot.c32')) {
    const modules = argument.split('---')
    const [kernel, initrd] = modules.length === 3 ? modules.slice(1) : modules.length === 2 ? modules : []
    if (kernel) setKernel(context, entry, text.strip(kernel))
    if (initrd) entry.initrd = text.strip(initrd)
    return
  }
  const behaviour = ask.gate('extlinux-append')
  if (behaviour === 'error') throw new PythonError('AttributeError', "can't set attribute")
  let rest = argument
  const place = argument.indexOf(INITRD)
  const looks = behaviour === 'initrd-not-first' ? place !== 0 : place >= 0
  if (entry.kernel !== undefined && looks) {
    for (const word of text.strip(argument).split(' ')) {
      if (!word.toLowerCase().startsWith(INITRD)) continue
      entry.initrd = word.replaceAll(INITRD, '')
      rest = rest.replaceAll(word, '')
    }
  }
  entry.args = text.strip(rest).replace(/^"(.+)"$/, '$1')
}
