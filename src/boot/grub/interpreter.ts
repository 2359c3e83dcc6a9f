/**
 * GRUB's script, run as far as a disk decides it: variables, conditions on what is known, menus. What depends on the
 * machine is left open, and both ways are gone.
 * @module
 */
import type { GuestDevice, GuestDevices } from '../guest-devices.ts'
import type { GuestFiles } from '../guest-files.ts'
import { CONFIG_LIMIT, configText, type EntryKind, type MenuProblem } from '../menu.ts'
import { blsEntries } from './bls.ts'
import { not, type Truth, testCondition } from './condition.ts'
import { readEnvironment } from './environment.ts'
import { type MenuItem, menuItem } from './menu-item.ts'
import { type Probe, parseProbe, probeDevice } from './probe.ts'
import { parseScript, type Statement, type Word } from './script.ts'
import { NOT_HERE, parseSearch, SEARCH_WORDS, type Search } from './search.ts'
import { eitherOf, textOfValue, type Value, valueOfText } from './value.ts'

/** Commands that are run in all, of all files together. */
const MOST_STEPS = 1_000_000
const MOST_FILES = 32
const DEEPEST_FILES = 8

const LINUX = new Set(['linux', 'linux16', 'linuxefi', 'linux64'])
const INITRD = new Set(['initrd', 'initrd16', 'initrdefi', 'initrd64'])
const MULTIBOOT = new Set(['multiboot', 'multiboot2', 'xen_hypervisor'])

/** What running one entry gives. */
interface Loading {
  kind: EntryKind
  kernel?: string
  initrds: string[]
  args: string
  devices?: Record<string, string>
}

export class Interpreter {
  readonly #devices: GuestDevices
  readonly variables = new Map<string, Value>()
  readonly problems: MenuProblem[] = []
  readonly remarks = new Set<string>()
  items: MenuItem[] = []
  #loading: Loading | undefined
  #functions = new Map<string, readonly Statement[]>()
  #file: string
  #depth = 0
  #opened = 0
  #steps = 0
  #over = false

  constructor(devices: GuestDevices, config: string, platform: string) {
    this.#devices = devices
    const home = devices.home.name
    this.#file = config
    this.variables.set('prefix', `(${home})${config.slice(0, config.lastIndexOf('/'))}`)
    this.variables.set('root', home)
    this.variables.set('grub_platform', platform)
    for (const feature of FEATURES) this.variables.set(`feature_${feature}`, 'y')
  }

  /** Runs the configuration. */
  start(): void {
    this.#runFile(this.#file)
  }

  /** The menu inside a submenu. */
  open(item: MenuItem): MenuItem[] {
    const outer = this.items
    this.items = []
    this.#run(item.body)
    const inner = this.items
    this.items = outer
    return inner
  }

  /** What an entry loads. */
  load(item: MenuItem): Loading {
    if (item.ready !== undefined) {
      const { kind, kernel, initrds, args } = item.ready
      return { kind, ...(kernel !== undefined && { kernel }), initrds: [...initrds], args }
    }
    this.#loading = { kind: 'nothing', initrds: [], args: '', devices: {} }
    const outer = this.items
    this.items = []
    this.#run(item.body)
    this.items = outer
    const loaded = this.#loading
    this.#loading = undefined
    return loaded
  }

  #runFile(name: string): Truth {
    const { files, path } = this.#locate(name)
    if (this.#depth >= DEEPEST_FILES || this.#opened >= MOST_FILES) {
      this.#problem(path, 'configuration files include each other too often')
      return undefined
    }
    const size = files.size(path)
    if (size === undefined) return false
    if (size > CONFIG_LIMIT) this.#problem(path, `it has ${size} bytes, only ${CONFIG_LIMIT} are read`)
    const script = parseScript(configText(files.read(path, CONFIG_LIMIT)))
    for (const { line, message } of script.problems) this.problems.push({ file: path, line, message })
    const outer = this.#file
    this.#file = path
    this.#depth++
    this.#opened++
    const truth = this.#run(script.statements)
    this.#depth--
    this.#file = outer
    return truth
  }

  #problem(file: string, message: string): void {
    if (this.problems.length < 100) this.problems.push({ file, message })
  }

  #run(statements: readonly Statement[]): Truth {
    let truth: Truth = true
    for (const statement of statements) {
      if (this.#over) return undefined
      if (++this.#steps > MOST_STEPS) {
        this.#over = true
        this.#problem(this.#file, `more than ${MOST_STEPS} commands are run`)
        return undefined
      }
      truth = this.#statement(statement)
    }
    return truth
  }

  #statement(statement: Statement): Truth {
    switch (statement.kind) {
      case 'function':
        this.#functions.set(statement.name, statement.body)
        return true
      case 'loop':
        this.remarks.add(`The ${statement.word} loop at line ${statement.line} of ${this.#file} is not run`)
        return undefined
      case 'if':
        return this.#if(statement.clauses, 0)
      default:
        return this.#command(statement)
    }
  }

  #if(
    clauses: readonly { condition: readonly Statement[]; body: readonly Statement[] }[],
    at: number,
  ): Truth {
    const clause = clauses[at]
    if (clause === undefined) return true
    const truth = this.#run(clause.condition)
    if (truth === true) return this.#run(clause.body)
    if (truth === false) return this.#if(clauses, at + 1)
    // It may go either way: both are gone, and what then differs is not known.
    const before = new Map(this.variables)
    this.#run(clause.body)
    const taken = new Map(this.variables)
    this.variables.clear()
    for (const [name, value] of before) this.variables.set(name, value)
    this.#if(clauses, at + 1)
    for (const name of new Set([...taken.keys(), ...this.variables.keys()])) {
      this.variables.set(name, eitherOf(taken.get(name) ?? '', this.variables.get(name) ?? ''))
    }
    return undefined
  }

  #command({ words, block }: Extract<Statement, { kind: 'command' }>): Truth {
    const given = words.flatMap(word => this.#expand(word))
    const [first, ...args] = given
    if (first === undefined) return true
    const assignment = words.length === 1 ? /^(\w+)=(.*)$/s.exec(first) : null
    if (assignment !== null) return this.#set(first)
    switch (first) {
      case '!':
        return not(this.#simple(args[0] ?? '', args.slice(1)))
      case 'menuentry':
      case 'submenu':
        this.items.push(menuItem(first === 'submenu' ? 'submenu' : 'entry', args, block ?? []))
        return true
      default:
        return this.#simple(first, args)
    }
  }

  #simple(name: string, args: readonly string[]): Truth {
    if (LINUX.has(name)) return this.#loadKernel('linux', args)
    if (MULTIBOOT.has(name)) return this.#loadKernel('multiboot', args)
    if (INITRD.has(name)) {
      this.#loading?.initrds.push(...args.filter(arg => !arg.startsWith('-')).map(arg => this.#named(arg)))
      return true
    }
    switch (name) {
      case 'true':
      case 'insmod':
      case 'export':
      case 'save_env':
      case 'echo':
        return true
      case 'false':
        return false
      case 'set':
        return args[0] === undefined ? true : this.#set(args.join(' '))
      case 'unset':
        for (const variable of args) this.variables.delete(variable)
        return true
      case '[':
        return this.#test(args.at(-1) === ']' ? args.slice(0, -1) : args)
      case 'test':
        return this.#test(args)
      case 'search':
        return this.#search(parseSearch(args))
      case 'search.file':
      case 'search.fs_label':
      case 'search.fs_uuid':
        return this.#search({ key: DOTTED[name], value: args[0] ?? '', variable: args[1] ?? 'root' })
      case 'probe':
        return this.#probe(parseProbe(args))
      case 'loopback': {
        const [device = '', file = ''] = args.filter(arg => !arg.startsWith('-'))
        const { device: on = this.#devices.home, path } = this.#locate(file)
        return this.#devices.loop(device, on, path)
      }
      case 'load_env':
        return this.#loadEnvironment(args)
      case 'source':
      case '.':
        return this.#runFile(args[0] ?? '')
      case 'configfile':
      case 'normal': {
        const { files, path } = this.#locate(args[0] ?? '')
        if (args[0] === undefined || files.size(path) === undefined) return false
        if (this.#loading === undefined) this.items = []
        return this.#runFile(args[0])
      }
      case 'blscfg':
        return this.#addBlsEntries()
      case 'chainloader':
        if (this.#loading !== undefined) {
          this.#loading.kind = 'chainload'
          this.#loading.kernel = this.#named(args.find(arg => !arg.startsWith('-')) ?? '')
        }
        return true
      default: {
        const body = this.#functions.get(name)
        return body === undefined ? undefined : this.#run(body)
      }
    }
  }

  #loadKernel(kind: EntryKind, args: readonly string[]): Truth {
    const [path, ...rest] = args.filter((arg, index) => index > 0 || !arg.startsWith('-'))
    if (this.#loading === undefined || path === undefined) return undefined
    this.#loading.kind = kind
    this.#loading.kernel = this.#named(path)
    this.#loading.args = rest.join(' ')
    return true
  }

  /** The path of a file that an entry names; on which device it is looked for is kept. */
  #named(name: string): string {
    const { device, path } = this.#locate(name)
    if (device !== undefined && this.#loading?.devices !== undefined)
      this.#loading.devices[path] = device.name
    return path
  }

  #search({ key, value, variable }: Search): Truth {
    if (key === undefined) return undefined
    const device = this.#devices.find(key, value)
    if (variable !== undefined) this.variables.set(variable, device?.name ?? NOT_HERE)
    if (device !== undefined) return true
    this.remarks.add(`No file system of this disk has the ${SEARCH_WORDS[key]} ${JSON.stringify(value)}`)
    return undefined
  }

  #probe({ asks, variable, device: name }: Probe): Truth {
    if (name === '' || asks === undefined) return false
    const device = this.#devices.named(name)
    const value = device && probeDevice(asks, device, this.text('grub_platform'))
    if (value === undefined) {
      this.remarks.add(`What probe tells of ${name} is not known`)
      if (variable !== undefined) this.variables.set(variable, { candidates: [] })
      return undefined
    }
    if (typeof value === 'object' && 'fails' in value) return false
    if (variable !== undefined) this.variables.set(variable, value)
    return true
  }

  #addBlsEntries(): Truth {
    for (const entry of blsEntries(this.#devices.home.files, name => this.text(name))) {
      this.items.push({ title: entry.titles[0]!, id: entry.id, kind: 'ready', body: [], ready: entry })
    }
    return true
  }

  #set(text: string): Truth {
    const equals = text.indexOf('=')
    if (equals <= 0) return false
    const name = text.slice(0, equals)
    const value = text.slice(equals + 1)
    // GRUB's own hook takes the parentheses from a device.
    this.variables.set(name, valueOfText(name === 'root' ? value.replace(/^\((.*)\)$/, '$1') : value))
    return true
  }

  #loadEnvironment(args: readonly string[]): Truth {
    const file =
      args.indexOf('-f') >= 0
        ? args[args.indexOf('-f') + 1]
        : args.find(arg => arg.startsWith('--file='))?.slice(7)
    const { files, path } = this.#locate(file ?? `${this.text('prefix')}/grubenv`)
    if (files.size(path) === undefined) return false
    const { variables, remark } = readEnvironment(configText(files.read(path, CONFIG_LIMIT)))
    if (remark !== undefined) this.remarks.add(remark)
    for (const [name, value] of variables) this.variables.set(name, value)
    return true
  }

  /** A variable's value; text that is not known reads as nothing. */
  text(name: string): string {
    const value = this.variables.get(name)
    return typeof value === 'string' ? value : ''
  }

  #expand(word: Word): string[] {
    let fields: string[] = ['']
    for (const part of word.parts) {
      if ('text' in part) {
        fields[fields.length - 1] += part.text
        continue
      }
      const value = this.variables.get(part.variable)
      const text = value === undefined ? '' : textOfValue(value)
      if (part.quoted) {
        fields[fields.length - 1] += text
        continue
      }
      const [head = '', ...more] = text.split(/[ \t\n]+/)
      fields[fields.length - 1] += head
      fields = [...fields, ...more]
    }
    return word.quoted ? fields : fields.filter(field => field !== '')
  }

  /**
   * Where a file is looked for: on the device that its name begins with, else on `root`. Of a device that is not known
   * the configuration's file system is read instead.
   */
  #locate(name: string): { device: GuestDevice | undefined; files: GuestFiles; path: string } {
    const isRelative = name !== '' && !/^[/(]/.test(name)
    const [, given, path = ''] = /^(?:\(([^)]*)\))?(.*)$/s.exec(
      isRelative ? `${this.text('prefix')}/${name}` : name,
    )!
    const device = this.#devices.named(given ?? this.text('root'))
    return { device, files: (device ?? this.#devices.home).files, path }
  }

  #test(args: readonly string[]): Truth {
    return testCondition(args, (test, name) => {
      const { files, path } = this.#locate(name)
      if (test === '-d') return files.list(path).length > 0
      return test === '-s' ? (files.size(path) ?? 0) > 0 : files.size(path) !== undefined
    })
  }
}

const DOTTED = { 'search.file': 'file', 'search.fs_label': 'label', 'search.fs_uuid': 'uuid' } as const

/** What grub-mkconfig's scripts ask for, and every GRUB since 2.02 has (grub-core/normal/main.c, features). */
const FEATURES = [
  'chainloader_bpb',
  'ntldr',
  'platform_search_hint',
  'default_font_path',
  'all_video_module',
  'menuentry_id',
  'menuentry_options',
  '200_final',
  'nativedisk_cmd',
  'timeout_style',
]
