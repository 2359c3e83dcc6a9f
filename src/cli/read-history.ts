/**
 * A directory of earlier reports.
 * @module
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { earlierPoint, type HistoryQuestion } from '../findings/history.ts'
import type { History } from '../findings/model.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { readReportFile } from './read-report-file.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'

/** Reads every .json of `directory`. One that is no report of what is asked is told on stderr and left out. Throws a UsageError. */
export function readHistory(directory: string, asked: HistoryQuestion): History {
  const history: History = { points: [], leftOut: [] }
  for (const file of historyFiles(directory)) {
    const point = pointIn(file, asked)
    if (typeof point !== 'string') history.points.push(point)
    else {
      history.leftOut.push({ file, reason: point })
      tell(`Left out of the history: ${file}: ${point}`)
    }
  }
  if (history.points.length === 0) tell(`There is no earlier report in ${directory}: the history starts now`)
  return history
}

function pointIn(file: string, asked: HistoryQuestion): ReturnType<typeof earlierPoint> {
  try {
    return earlierPoint(readReportFile(file), asked)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.message.replace(`Cannot read the report ${file}: `, '')
  }
}

/** The files of a history. Throws a UsageError where its directory cannot be read. */
export function historyFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter(name => name.endsWith('.json'))
      .sort()
      .map(name => join(directory, name))
  } catch (error) {
    throw new UsageError(`Cannot read the history ${directory}: the system says ${systemReason(error)}`)
  }
}
