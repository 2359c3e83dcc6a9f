/**
 * A configuration: text in, settings out. Unlike an inventory, one with a fault is not used: a gate that has a hole is
 * none.
 * @module
 */

import { nearest } from '../document/nearest.ts'
import { parseTree } from '../document/parse-tree.ts'
import { type DocumentProblem, treeProblems } from '../document/problem.ts'
import { prune } from '../document/prune.ts'
import { fieldName, isRecord, type Path, type Tree } from '../document/tree.ts'
import { checker, shown } from '../document/validate.ts'
import { CAUSE_CODES } from '../findings/cause-codes.ts'
import { type FailOn, parseFailOn } from '../findings/fail-on.ts'
import type { IgnoreRule } from '../findings/ignore.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { CauseCode } from '../xen/verdict.ts'
import { ruleSchema, settingsSchema } from './schema.ts'

export interface Config {
  /** Paths as they are written: relative to the file. */
  inventory?: string[]
  modes?: BootModeName[]
  failOn?: FailOn
  /** A path as it is written. */
  baseline?: string
  ignore: IgnoreRule[]
}

type Texts = string | string[]

interface SettingsDocument {
  inventory?: Texts
  modes?: BootModeName[]
  'fail-on'?: Texts
  baseline?: string
  ignore?: unknown[]
}

interface RuleDocument {
  cause?: Texts
  images?: Texts
  hosts?: Texts
  mode?: BootModeName | BootModeName[]
  boot?: Texts
  xen?: Texts
  reason: string
  expires?: string
}

const checkSettings = checker(settingsSchema)
const checkRule = checker(ruleSchema)

/** Reads the configuration in `text`; `file` is for messages. Never throws: what is wrong is in `problems`. */
export function parseConfig(text: string, file: string): { config: Config; problems: DocumentProblem[] } {
  const tree = parseTree(text.replace(/^\ufeff/, ''))
  const problems = treeProblems(file, tree)
  const config: Config = { ignore: [] }
  // A file of comments alone is a configuration too.
  if (tree.value === null) return { config, problems }
  const reader = new Reader(file, tree, problems)
  if (!reader.check(tree.value, [], checkSettings)) return { config, problems }
  const { inventory, modes, baseline, ignore = [], 'fail-on': failOn } = tree.value as SettingsDocument
  if (inventory !== undefined) config.inventory = list(inventory)
  if (modes !== undefined) config.modes = modes
  if (baseline !== undefined) config.baseline = baseline
  if (failOn !== undefined) {
    const parsed = reader.attempt(['fail-on'], () => parseFailOn(list(failOn)))
    if (parsed !== undefined) config.failOn = parsed
  }
  for (const [index, rule] of ignore.entries()) {
    const parsed = readRule(reader, rule, ['ignore', index])
    if (parsed !== undefined) config.ignore.push(parsed)
  }
  return { config, problems }
}

class Reader {
  readonly file: string
  readonly tree: Tree
  readonly #problems: DocumentProblem[]

  constructor(file: string, tree: Tree, problems: DocumentProblem[]) {
    this.file = file
    this.tree = tree
    this.#problems = problems
  }

  check(value: unknown, path: Path, check: ReturnType<typeof checker>): boolean {
    const { problems, fatal } = prune(this.file, this.tree, value, path, check)
    this.#problems.push(...problems)
    return !fatal && isRecord(value)
  }

  refuse(path: Path, message: string): void {
    const line = this.tree.lineOf(path)
    this.#problems.push({
      code: 'wrong-value',
      severity: 'error',
      file: this.file,
      line,
      field: fieldName(path),
      message,
    })
  }

  attempt<T>(path: Path, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      this.refuse(path, (error as Error).message)
      return undefined
    }
  }
}

function readRule(reader: Reader, value: unknown, path: Path): IgnoreRule | undefined {
  if (!reader.check(value, path, checkRule)) return undefined
  const { cause, images, hosts, mode, boot, xen, reason, expires } = value as RuleDocument
  const where = `${reader.file}:${reader.tree.lineOf(path)}: ${fieldName(path)}`
  if (expires !== undefined && !isDate(expires)) {
    reader.refuse([...path, 'expires'], `expected a date such as 2027-03-31, found ${shown(expires)}`)
  }
  for (const code of cause === undefined ? [] : list(cause)) {
    if (isCause(code)) continue
    const close = nearest(code, CAUSE_CODES)
    const hint = close === undefined ? '' : ` (did you mean ${close}?)`
    reader.refuse([...path, 'cause'], `expected a cause such as unknown-feature, found ${shown(code)}${hint}`)
  }
  return {
    ...(cause !== undefined && { causes: list(cause).filter(isCause) }),
    ...(images !== undefined && { images: list(images) }),
    ...(hosts !== undefined && { hosts: list(hosts) }),
    ...(mode !== undefined && { modes: list(mode) as BootModeName[] }),
    ...(boot !== undefined && { boot: list(boot) }),
    ...(xen !== undefined && { xen: list(xen) }),
    reason,
    ...(expires !== undefined && { expires }),
    where,
  }
}

const isCause = (code: string): code is CauseCode => (CAUSE_CODES as readonly string[]).includes(code)

/** A day that the calendar has. */
function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** What the schema took out of a list left gaps. */
const list = (value: Texts): string[] =>
  (Array.isArray(value) ? value : [value]).filter(item => item !== undefined)
