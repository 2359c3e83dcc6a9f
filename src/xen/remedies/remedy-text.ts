/** Remedies as they are printed, and as JSON has them. */
import { shellWord } from '../../document/shell-word.ts'
import { aimed, type CommandSubject, commandWords, type OwnCommand } from './own-command.ts'
import type { Remedy, RemedyAction } from './remedy.ts'

const isOwn = (action: RemedyAction): action is OwnCommand =>
  action.does === 'repair' || action.does === 'unpack'

/** True where a command of this tool carries it out. */
export const isOurs = ({ action }: Remedy): boolean => action !== undefined && isOwn(action)

/** The same with image and targets in its command, where that is one of this tool. */
export function aimedAt<R extends Remedy>(remedy: R, subject: CommandSubject): R {
  const { action } = remedy
  return action !== undefined && isOwn(action) ? { ...remedy, action: aimed(action, subject) } : remedy
}

/** A remedy as JSON has it. */
export interface RemedyDocument extends Omit<Remedy, 'action'> {
  /** The command line, quoted for a shell, or the line in a file. */
  command?: string
  /** The file that the line belongs in. */
  file?: string
  /** Of a command of this tool, its words, not quoted. */
  words?: string[]
}

export function remedyDocument({ kind, by, text, action }: Remedy): RemedyDocument {
  const common = { kind, by, text }
  if (action === undefined) return common
  switch (action.does) {
    case 'run':
      return { ...common, command: action.command }
    case 'write':
      return { ...common, command: action.line, file: action.file }
    default: {
      const words = commandWords(action)
      return { ...common, command: words.map(shellWord).join(' '), words }
    }
  }
}

/** A remedy as one line of a report. */
export function remedyText(remedy: Remedy): string {
  const { text, command, file } = remedyDocument(remedy)
  if (command === undefined) return text
  return file === undefined ? `${text}: ${command}` : `${text}: ${command} in ${file}`
}
