/** One given file to what it turned out to be. */
import { ContainerReader } from '../../read/read-container.ts'
import { type FileOptions, type FileReaders, type ReadResult, readOpened } from '../../read/read-file.ts'
import { imageAddress } from '../../record/key.ts'
import { isNoKernel } from '../../record/write.ts'
import type { Ask, FileReading, ReadRecord } from '../messages.ts'
import { kernelView } from './kernel-view.ts'
import { browserMachine, engineName, openGiven, setSiblings } from './machine.ts'
import { readText } from './texts.ts'

const containers = new ContainerReader(browserMachine)
const readers: FileReaders = {
  sha256: browserMachine.sha256,
  readContainer: (...file) => containers.read(...file),
}
const options: FileOptions = { containers: {} }

let engine = browserMachine.createEngine(engineName())
/** Above this the engine is given up, in bytes: its memory never shrinks. */
const MAX_KEPT = 192 * 2 ** 20

export function readGiven({ given, siblings }: Ask<'read'>): FileReading {
  setSiblings(siblings)
  if (engine.memory.length > MAX_KEPT) engine = browserMachine.createEngine(engineName())
  const { records } = readOpened(readers, engine, () => openGiven(given), options) as ReadResult
  const kept = records.filter(record => given.named || !isNoKernel(record))
  const [only] = records
  if (given.named && records.length === 1 && only?.problem === 'not-a-kernel') {
    const source = openGiven(given)
    const text = readText(source)
    source.close()
    if (text !== undefined) return text
  }
  if (kept.length === 0) return { kind: 'ordinary', count: records.length }
  return {
    kind: 'images',
    records: kept.map(
      ({ json, inside }): ReadRecord => ({
        view: kernelView(imageAddress(given.address, inside), json),
        ...(inside !== undefined && { inside }),
      }),
    ),
  }
}
