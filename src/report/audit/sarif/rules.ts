/**
 * Causes as rules: what is wrong, and what can be done about it.
 * @module
 */
import { causeTitle } from '../../../findings/cause-codes.ts'
import type { Cause, FullVerdict } from '../../../findings/model.ts'
import { logRows, logTexts, noiseMark } from '../../log-text.ts'
import { code, prose } from '../markdown-text.ts'
import { sentence } from '../summary.ts'
import { type Message, message, messageText } from './message.ts'
import { LEVELS, type ResultRow } from './result-rows.ts'

/** A reportingDescriptor (3.49). */
export interface Rule {
  id: string
  name: string
  shortDescription: Message
  fullDescription: Message
  help: Message & { markdown: string }
  defaultConfiguration: { level: ResultRow['level'] }
}

/** `UnknownFeature`: names of rules are in Pascal case (3.49.7). */
const nameOf = (id: string) => id.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())

export class Rules {
  readonly list: Rule[]
  readonly #indexes: Map<string, number>

  /** The causes of an audit in their order, then what only `rows` have. */
  constructor(found: readonly RuledCause[], rows: readonly RuledRow[]) {
    const verdicts = new Map<string, Help>()
    const levels = new Map<string, ResultRow['level']>()
    for (const {
      cause,
      verdicts: [verdict],
      level,
    } of rows) {
      if (!verdicts.has(cause)) verdicts.set(cause, verdict!)
      const known = levels.get(cause)
      if (known === undefined || LEVELS.indexOf(level) < LEVELS.indexOf(known)) levels.set(cause, level)
    }
    const causes = new Map<string, RuledCause[]>()
    for (const cause of found) causes.set(cause.code, [...(causes.get(cause.code) ?? []), cause])
    const rules = new Map<string, Rule>()
    for (const [code, same] of causes) {
      const { verdict, title } = same[0]!
      const level = levels.get(code) ?? (verdict === 'refuses' ? 'error' : 'warning')
      rules.set(code, ruleOf(code, level, title, same))
    }
    for (const [id, verdict] of verdicts) {
      if (!rules.has(id)) rules.set(id, ruleOf(id, levels.get(id)!, causeTitle(id), [verdict]))
    }
    this.list = [...rules.values()]
    this.#indexes = new Map(this.list.map(({ id }, index) => [id, index]))
  }

  index(id: string): number {
    return this.#indexes.get(id)!
  }
}

/** What a rule tells of a verdict. */
type Help = Pick<FullVerdict, 'reason' | 'log'> & { remedies: readonly string[] }

/** A cause of an audit, its remedies as lines. */
export type RuledCause = Pick<Cause, 'code' | 'verdict' | 'title'> & Help

/** What makes a rule: a cause, its weight, and verdicts with it. */
export interface RuledRow extends Pick<ResultRow, 'level'> {
  cause: string
  verdicts: readonly Help[]
}

/** A service has one rule for a code, so that the rule tells each of the reasons with its own remedies. */
function ruleOf(id: string, level: ResultRow['level'], title: string, helps: readonly Help[]): Rule {
  const text = [sentence(title), ...helps.flatMap(helpText)]
  const markdown = [`**${prose(title)}**`, ...helps.flatMap(helpMarkdown)]
  return {
    id,
    name: nameOf(id),
    shortDescription: message(sentence(title)),
    fullDescription: message(helps.map(({ reason }) => sentence(reason)).join(' ')),
    help: {
      text: text.map(messageText).join('\n'),
      markdown: markdown.join('\n\n').replace(/[{}]/g, '$&$&'),
    },
    defaultConfiguration: { level },
  }
}

const helpText = ({ reason, log, remedies }: Help): string[] => [
  sentence(reason),
  ...logTexts(log).map(line => `In the log: ${line}`),
  ...(remedies.length === 0 ? [] : [TO_DO]),
  ...remedies.map((remedy, index) => `${index + 1}. ${remedy}`),
]

const helpMarkdown = ({ reason, log, remedies }: Help): string[] => [
  prose(sentence(reason)),
  ...logRows(log).map(row => `In the log: ${code(row.text)}${noiseMark(row)}`),
  ...(remedies.length === 0
    ? []
    : [TO_DO, remedies.map((remedy, index) => `${index + 1}. ${prose(remedy)}`).join('\n')]),
]

const TO_DO = 'What to do, the tenant before the host, the cheapest first:'
