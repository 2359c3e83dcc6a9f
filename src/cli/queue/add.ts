/** `xen-preflight queue add`: puts images into a queue. */
import type { ImageQueue } from '../../fleet/queue/image-queue.ts'
import { hasSecrets } from '../../source/remote/locators.ts'
import type { Found } from '../../source/source.ts'
import { pathsAnd } from '../catalogue.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { imagesAt } from '../files-below.ts'
import { remoteOptions } from '../read-options.ts'
import { tell } from '../screen.ts'
import { UsageError } from '../usage-error.ts'
import type { QueueFlags } from './flags.ts'

/** References whose memory is looked at and that are added together. */
const BATCH = 10_000

/** `room`: the bytes of memory that the server has left; undefined where it has no limit. */
export async function addAction(
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
