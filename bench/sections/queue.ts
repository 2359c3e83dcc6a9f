/** Workers of a queue, against one scan with as many threads on the same files. */
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { HAS_REDIS, RedisServer } from '../../test/redis-server.ts'
import { quote, run, selfCommand, timeCommand } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

const WORKERS = 3

export const measureQueue: Measure = async context => {
  const section = {
    id: 'queue' as const,
    title: 'Workers of a queue',
    item: 'image',
    method:
      `${WORKERS} workers with a thread each, which take images from a redis-server on this machine until all are read; ` +
      'the images were added before',
  }
  if (!HAS_REDIS) return { ...section, rows: [], missing: ['the queue: redis-server is not installed'] }
  const images = (context.quick ? context.images.slice(0, 6) : context.images).map(({ path }) => path)
  const redis = await RedisServer.start(mkdtempSync(join(context.scratch, 'redis-')))
  const url = `redis://127.0.0.1:${redis.port}`
  const queue = (...words: string[]) => selfCommand(context.root, ['queue', ...words])
  const work = `${queue('work', url, '--workers', '1', '--exit-when-done')} &`
  const scan = ['scan', ...images, '--workers', `${WORKERS}`, '-o', 'ndjson', '--fail-on', 'never']
  const subjects: Subject[] = [
    {
      group: 'queue',
      subject: `${WORKERS} of queue work`,
      items: images.length,
      sample() {
        run('bash', [
          '-c',
          `${queue('drain', url, '--all')}; ${queue('add', url)} ${images.map(quote).join(' ')}`,
        ])
        return timeCommand(`${Array(WORKERS).fill(work).join(' ')} wait`)
      },
    },
    {
      group: 'queue',
      subject: `scan --workers ${WORKERS}`,
      items: images.length,
      sample: () => timeCommand(selfCommand(context.root, scan)),
    },
  ]
  try {
    return {
      ...section,
      rows: await interleave(subjects, { warmup: 0, rounds: context.quick ? 2 : 3 }),
      missing: [],
    }
  } finally {
    await redis.stop()
  }
}
