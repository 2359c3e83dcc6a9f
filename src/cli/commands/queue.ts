/**
 * `xen-preflight queue`: images that any number of machines read together.
 * @module
 */
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { FACTS_VERSION } from '../../facts/facts.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { addAction } from '../queue/add.ts'
import { factsAction } from '../queue/facts.ts'
import type { QueueFlags } from '../queue/flags.ts'
import { statusAction } from '../queue/status.ts'
import { workAction } from '../queue/work.ts'
import { addReadOptions, scanOptions } from '../read-options.ts'
import { tell } from '../screen.ts'
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
1 the command failed; 130 ended by Ctrl-C.`

const ACTIONS = ['add', 'work', 'status', 'facts', 'retry', 'drain'] as const
type Action = (typeof ACTIONS)[number]

/** Actions that need room on the server. */
const FILLING: ReadonlySet<Action> = new Set<Action>(['add', 'work', 'retry'])

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
      new Option('--prefix <name>', 'first part of the names of its keys')
        .argParser(prefix)
        .default('xen-preflight'),
    )
    .option('--files-from <file>', 'a list of further paths and references, one a line; - for standard input')
    .option('--digest', 'read every file whole, and add its SHA-256 to the record', false)
    .addOption(
      new Option(
        '--lock <s>',
        'seconds without a renewal after which other workers get the images of a worker',
      )
        .argParser(seconds)
        .default(30),
    )
    .option('--exit-when-done', 'exit when every image has its records', false)
    .option('--watch', 'print the status repeatedly until all images are done', false)
    .option('--all', 'drain: remove the queue with its records, also of another version', false)
    .option('-o, --output <file>', 'facts: output file; status: json')
    .addHelpText('after', helpText(EXAMPLES))
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
  const engine = loadQueueEngine()
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
