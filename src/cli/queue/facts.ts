/** `xen-preflight queue facts`: writes the records that a queue holds. */
import type { ImageQueue } from '../../fleet/queue/image-queue.ts'
import { imageAddress } from '../../record/key.ts'
import { addressedJson, isNoKernel } from '../../record/write.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { openOutput } from '../outputs.ts'
import { tell } from '../screen.ts'
import type { QueueFlags } from './flags.ts'

export async function factsAction(queue: ImageQueue, { output }: QueueFlags): Promise<number> {
  const { conflictsOf, storedRecords } = await import('../../fleet/queue/stored.ts')
  const sink = openOutput({ format: 'ndjson', ...(output !== undefined && { file: output }) }, [])
  let missing = 0
  let failed = 0
  try {
    for await (const { reference, named, records } of storedRecords(queue)) {
      if (records === undefined) {
        missing++
        tell(`${reference}: there is no record yet`)
        continue
      }
      for (const text of records) {
        if (isNoKernel(text) && !named) continue
        if (text.problem === 'gave-up') {
          failed++
          tell(`${reference}: given up`)
        }
        await sink.write(`${addressedJson(imageAddress(reference, text.inside), text.json)}\n`)
      }
    }
    for (const reference of await conflictsOf(queue)) {
      missing++
      tell(`${reference}: two workers made different records of it; the later is kept`)
    }
  } catch (error) {
    sink.end('failed')
    throw error
  }
  sink.end('whole')
  return missing + failed > 0 ? EXIT_FINDINGS : EXIT_DONE
}
