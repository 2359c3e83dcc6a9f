/**
 * What `merge` does.
 * @module
 */
import { mergeFacts } from '../fleet/merge-facts.ts'
import { EXIT_DONE, EXIT_FINDINGS } from './exit-codes.ts'
import { openOutput } from './outputs.ts'
import { tell } from './screen.ts'

export async function mergeAction(files: readonly string[], output: string | undefined): Promise<number> {
  let conflicts = 0
  const lines = mergeFacts(files, ({ kept, dropped }) => {
    conflicts++
    tell(
      `${dropped.file}:${dropped.line} and ${kept.file}:${kept.line} have different records of one image; the latter is kept`,
    )
  })
  const sink = openOutput({ format: 'ndjson', ...(output !== undefined && { file: output }) }, files)
  try {
    for (const line of lines) await sink.write(`${line}\n`)
  } catch (error) {
    sink.end('failed')
    throw error
  }
  sink.end('whole')
  return conflicts > 0 ? EXIT_FINDINGS : EXIT_DONE
}
