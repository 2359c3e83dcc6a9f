/** Workers of a queue, against one scan with as many threads on the same files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HAS_REDIS, RedisServer } from '../../test/redis-server.ts'
import { run, selfCommand, timeCommand } from '../command.ts'
import type { Measure } from '../context.ts'
import { deriveImages } from '../derived.ts'
import { interleave, type Subject } from '../interleave.ts'

const WORKERS = 3
/** Copies of each image: enough that what the workers take to start is no part of the figure. */
const TIMES = 5

export const measureQueue: Measure = async context => {
  const section = {
    id: 'queue' as const,
    title: 'Workers of a queue',
    item: 'image',
    method:
      `${WORKERS} workers with a thread each, which take images from a redis-server on this machine until all are read; ` +
      `the images were added before. Of the large queue they are ${TIMES} copies of each image, each with another version in its boot header, ` +
      'so that none is a copy to a scan',
  }
  if (!HAS_REDIS) return { ...section, rows: [], missing: ['the queue: redis-server is not installed'] }
  const images = context.quick ? context.images.slice(0, 6) : context.images
  const derived = join(context.scratch, 'derived')
  const redis = await RedisServer.start(mkdtempSync(join(context.scratch, 'redis-')))
  const url = `redis://127.0.0.1:${redis.port}`
  const queue = (...words: string[]) => selfCommand(context.root, ['queue', ...words])
  const work = `${queue('work', url, '--workers', '1', '--exit-when-done')} &`
  const subjectsOf = (group: string, paths: readonly string[]): Subject[] => {
    const list = join(context.scratch, `${group}.list`)
    writeFileSync(list, paths.map(path => `${path}\n`).join(''))
    const add = `${queue('drain', url, '--all')}; ${queue('add', url, '--files-from', list)}`
    const scan = [
      'scan',
      '--files-from',
      list,
      '--workers',
      `${WORKERS}`,
      '-o',
      'ndjson',
      '--fail-on',
      'never',
    ]
    return [
      {
        group,
        subject: `${WORKERS} of queue work`,
        items: paths.length,
        sample() {
          run('bash', ['-c', add])
          return timeCommand(`${Array(WORKERS).fill(work).join(' ')} wait`)
        },
      },
      {
        group,
        subject: `scan --workers ${WORKERS}`,
        items: paths.length,
        sample: () => timeCommand(selfCommand(context.root, scan)),
      },
    ]
  }
  try {
    const subjects = [
      ...subjectsOf(
        'queue',
        images.map(({ path }) => path),
      ),
      ...subjectsOf('large queue', deriveImages(images, TIMES, derived)),
    ]
    return {
      ...section,
      rows: await interleave(subjects, { warmup: 0, rounds: context.quick ? 2 : 3 }),
      missing: [],
    }
  } finally {
    await redis.stop()
    rmSync(derived, { recursive: true, force: true })
  }
}
