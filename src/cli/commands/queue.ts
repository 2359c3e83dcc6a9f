/**
 * `xen-preflight queue`: images that any number of machines read together.
 * @module
 */
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { FACTS_VERSION } from '../../facts/facts.ts'
import type { ImageQueue } from '../../fleet/queue/image-queue.ts'
import type { Engine } from '../../fleet/queue/server.ts'
import type { FileOptions } from '../../read/read-file.ts'
import { imageAddress } from '../../record/key.ts'
import { addressedJson, isNoKernel } from '../../record/write.ts'
import { hasSecrets } from '../../source/remote/locators.ts'
import type { Found } from '../../source/source.ts'
import { pathsAnd } from '../catalogue.ts'
import { onStop } from '../ending.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { imagesAt } from '../files-below.ts'
import { openOutput } from '../outputs.ts'
import { addReadOptions, type ReadFlags, remoteOptions, scanOptions } from '../read-options.ts'
import { tell } from '../screen.ts'
import { print } from '../sink.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

const EXAMPLES = `
Examples:
  Add the images of a bucket, and read them on as many machines as there are
    $ xen-preflight queue add redis://queue.example.com s3://pool/disks/
    $ xen-preflight queue work redis://queue.example.com --workers 16 --exit-when-done
  How far is it?
    $ xen-preflight queue status redis://queue.example.com --watch
  The records, as scan -o ndjson would have written them
    $ xen-preflight queue facts redis://queue.example.com -o facts.ndjson

A password goes into REDISCLI_AUTH or the URL. Needs the packages bullmq and ioredis, and
Redis 6.2 or later, or Valkey, with maxmemory-policy noeviction.
Exit codes: 0 done; 2 records are missing or images were given up, each named on stderr;
1 the tool could not do its work; 130 ended by Ctrl-C.`

const ACTIONS = ['add', 'work', 'status', 'facts', 'retry', 'drain'] as const
type Action = (typeof ACTIONS)[number]

/** Actions that need room on the server. */
const FILLING: ReadonlySet<Action> = new Set<Action>(['add', 'work', 'retry'])

interface QueueFlags extends ReadFlags {
  prefix: string
  filesFrom?: string
  lock: number
  exitWhenDone: boolean
  watch: boolean
  all: boolean
  output?: string
}

/** Options that are of some actions alone. */
const OWN: Readonly<Record<string, readonly Action[]>> = {
  filesFrom: ['add'],
  verify: ['add'],
  digest: ['add'],
  everywhere: ['add'],
  backingRoot: ['add'],
  maxWindow: ['add'],
  maxOutput: ['add'],
  maxDepth: ['add'],
  maxEntries: ['add'],
  maxMetadata: ['add'],
  maxTime: ['add'],
  workers: ['work'],
  engine: ['work'],
  maxHeap: ['work'],
  lock: ['work'],
  exitWhenDone: ['work'],
  watch: ['status'],
  output: ['facts', 'status'],
  all: ['drain'],
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('expected seconds, from 1 on.')
  return Number(text)
}

function prefix(text: string): string {
  if (/^[\w.{}-]{1,64}$/.test(text)) return text
  throw new InvalidArgumentError('expected letters, digits, dots, hyphens and braces.')
}

export const queueCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('queue')
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
      .argument('<url>', 'the server: redis://host[:port][/number], or rediss:// for TLS')
      .argument('[path...]', 'images to add: files, directories, references'),
  )
    .addOption(
      new Option('--prefix <name>', 'what the names of its keys begin with')
        .argParser(prefix)
        .default('xen-preflight'),
    )
    .option('--files-from <file>', 'a list of further paths and references, one a line; - for standard input')
    .option('--digest', 'read all of every file, and add its SHA-256 to the record', false)
    .addOption(
      new Option('--lock <s>', 'how long a worker may be silent before others get its images')
        .argParser(seconds)
        .default(30),
    )
    .option('--exit-when-done', 'end once every image has its records', false)
    .option('--watch', 'show the state again and again until all is done', false)
    .option('--all', 'drain: remove the queue with its records, of whatever version it is', false)
    .option('-o, --output <file>', 'facts: where to write them; status: json')
    .addHelpText('after', EXAMPLES)
    .action(async (action: Action, url: string, paths: string[], flags: QueueFlags, command: Command) => {
      checkFlags(action, paths, command)
      finish(await queueAction(action, url, paths, flags))
    })

/** An option of another action would be without effect, and nobody would know. */
function checkFlags(action: Action, paths: readonly string[], command: Command): void {
  for (const [name, actions] of Object.entries(OWN)) {
    if (command.getOptionValueSource(name) !== 'cli' || actions.includes(action)) continue
    const flag = command.options.find(option => option.attributeName() === name)?.long ?? name
    throw new UsageError(`Cannot use ${flag} with queue ${action}: it is for queue ${actions.join(' and ')}`)
  }
  if (paths.length > 0 && action !== 'add') throw new UsageError(`Cannot use paths with queue ${action}`)
}

const readerVersion = (): string => `${toolVersion()} (facts ${FACTS_VERSION})`

async function queueAction(action: Action, url: string, paths: string[], flags: QueueFlags): Promise<number> {
  const { checkServer, loadQueueEngine, QueueError, serverError } = await import(
    '../../fleet/queue/server.ts'
  )
  const { ImageQueue } = await import('../../fleet/queue/image-queue.ts')
  const engine = await loadQueueEngine()
  const { used, limit } = await checkServer(engine, url, flags.prefix, FILLING.has(action))
  const told = (error: unknown) => {
    if (!(error instanceof Error) || error instanceof QueueError || error instanceof UsageError) return error
    return error.name === 'ReplyError' ? serverError(url, error) : error
  }
  if (action === 'drain' && flags.all) {
    await ImageQueue.remove(engine, url, flags.prefix).catch(error => {
      throw told(error)
    })
    return EXIT_DONE
  }
  const base = { url, prefix: flags.prefix, reader: readerVersion() }
  const { remote: _, ...read } = scanOptions(flags).read
  const queue = await ImageQueue.open(
    engine,
    action === 'add' ? { ...base, options: JSON.stringify(read) } : base,
  )
  try {
    switch (action) {
      case 'add':
        return await addAction(queue, paths, flags, limit === 0 ? undefined : limit - used)
      case 'work':
        return await workAction(engine, queue, url, flags)
      case 'status':
        return await statusAction(queue, flags)
      case 'facts':
        return await factsAction(queue, flags)
      case 'retry':
        tell(`${await queue.retry()} images are to be read again`)
        return EXIT_DONE
      case 'drain':
        await queue.drain()
        return EXIT_DONE
    }
  } catch (error) {
    throw told(error)
  } finally {
    await queue.close()
  }
}

/** References whose memory is looked at and that are added together. */
const BATCH = 10_000

async function addAction(
  queue: ImageQueue,
  paths: readonly string[],
  flags: QueueFlags,
  room: number | undefined,
): Promise<number> {
  if (paths.length === 0 && flags.filesFrom === undefined) {
    throw new UsageError('Cannot add anything: give paths or references, or a list of them by --files-from')
  }
  const images = imagesAt({
    paths: pathsAnd(paths, flags.filesFrom),
    remote: remoteOptions(flags),
    identify: true,
  })
  const found: Found[] = []
  for await (const image of images) {
    if (hasSecrets(image.address)) {
      throw new UsageError(
        `Cannot add ${image.address}: it was given with a password or a signature, and a queue keeps none; workers take theirs from the environment`,
      )
    }
    found.push(image)
  }
  const { ImageQueue } = await import('../../fleet/queue/image-queue.ts')
  const estimate = ImageQueue.estimate(found)
  if (room !== undefined && estimate > room) {
    throw new UsageError(
      `Cannot add ${found.length} images: they take about ${mebibytes(estimate)}, and the server has ${mebibytes(Math.max(0, room))} left`,
    )
  }
  const place = await queue.nextPlace()
  let added = 0
  for (let at = 0; at < found.length; at += BATCH)
    added += await queue.add(found.slice(at, at + BATCH), place + at)
  // A server that was started again may have lost what it took last: what is lost is added again.
  await queue.mend()
  if ((await queue.totals()).references < new Set(found.map(({ address }) => address)).size) {
    await queue.add(found, place)
  }
  tell(
    `${added} images added, ${found.length - added} were there; about ${mebibytes(estimate)} of the server's memory`,
  )
  return EXIT_DONE
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`

async function workAction(
  engine: Engine,
  queue: ImageQueue,
  url: string,
  flags: QueueFlags,
): Promise<number> {
  const { work } = await import('../../fleet/queue/work.ts')
  const controller = new AbortController()
  let exitCode: number | undefined
  const forget = onStop(due => {
    if (exitCode !== undefined) process.exit(exitCode)
    exitCode = due
    controller.abort()
  })
  const read = { ...(JSON.parse(queue.options) as FileOptions), remote: remoteOptions(flags) }
  const done = await work(engine, queue, {
    url,
    engine: flags.engine,
    read,
    heap: flags.maxHeap,
    workers: Math.max(1, flags.workers),
    lock: flags.lock,
    exitWhenDone: flags.exitWhenDone,
    signal: controller.signal,
  })
  forget()
  tell(`${done} images read`)
  return exitCode ?? EXIT_DONE
}

const WATCH_MS = 2000
const SHOWN_FAILURES = 10

async function statusAction(queue: ImageQueue, flags: QueueFlags): Promise<number> {
  if (flags.output !== undefined && flags.output !== 'json') {
    throw new UsageError(`Cannot print the state as ${flags.output}: expected json`)
  }
  let before: { at: number; done: number } | undefined
  for (;;) {
    const now = Date.now()
    const [totals, counts, workers, failures] = await Promise.all([
      queue.totals(),
      queue.counts(),
      queue.workers(now),
      queue.failures(SHOWN_FAILURES),
    ])
    const done = totals.references - totals.pending
    const rate =
      before === undefined || now === before.at
        ? undefined
        : (1000 * (done - before.done)) / (now - before.at)
    before = { at: now, done }
    const state = {
      ...totals,
      done,
      active: counts.active ?? 0,
      ...(rate !== undefined && { rate }),
      workers,
      failures,
    }
    print(flags.output === 'json' ? `${JSON.stringify(state)}\n` : statusText(state))
    if (!flags.watch || totals.pending === 0) return EXIT_DONE
    await new Promise(resolve => setTimeout(resolve, WATCH_MS))
  }
}

interface QueueState {
  references: number
  pending: number
  failed: number
  done: number
  active: number
  rate?: number
  workers: readonly { host: string; pid: number; done: number }[]
  failures: readonly string[]
}

function statusText({
  references,
  pending,
  failed,
  done,
  active,
  rate,
  workers,
  failures,
}: QueueState): string {
  const pace = rate === undefined ? '' : `, ${rate.toFixed(1)}/s`
  const left = rate === undefined || rate <= 0 || pending === 0 ? '' : `, ${Math.ceil(pending / rate)} s left`
  return [
    `${done} of ${references} images done, ${pending} pending, ${active} being read, ${failed} given up${pace}${left}`,
    ...workers.map(worker => `  worker ${worker.host}:${worker.pid}: ${worker.done} images`),
    ...failures.map(reference => `  given up: ${reference}`),
    '',
  ].join('\n')
}

async function factsAction(queue: ImageQueue, { output }: QueueFlags): Promise<number> {
  const sink = openOutput({ format: 'ndjson', ...(output !== undefined && { file: output }) }, [])
  let missing = 0
  let failed = 0
  try {
    for await (const { reference, named, records } of queue.results()) {
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
    for (const reference of await queue.conflicts()) {
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
