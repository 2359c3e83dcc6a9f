/**
 * The bytes of an image that a person has named: of a file, or of what an address in a container leads to.
 * @module
 */
import type { ContainerContext } from '../containers/context.ts'
import { openInside } from '../containers/resolve.ts'
import { ContainerSession } from '../fleet/container-session.ts'
import { openImage } from '../fleet/open-image.ts'
import type { OpenSource, Source } from '../source/source.ts'
import { parseAddress, toldOf } from './inside.ts'
import type { KernelOrigin } from './kernel-file.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'

export interface ImageFile extends KernelOrigin {
  source: Source
  /** For looking into it as a container. */
  context: ContainerContext
  /** Throws a UsageError where a file has changed since it was opened. */
  assertUnchanged(): void
}

/** Opens an image for `use`. Throws a UsageError where it cannot be opened or read, or an address leads to nothing. */
export async function withImage<T>(
  address: string,
  flags: ReadFlags,
  use: (image: ImageFile) => Promise<T>,
): Promise<T> {
  const { path, inside } = parseAddress(address)
  let file: OpenSource | undefined
  let session: ContainerSession | undefined
  try {
    const { engine, read } = scanOptions(flags)
    file = openImage(path, read.remote)
    const opened = file
    const assertUnchanged = () => opened.assertUnchanged()
    session = new ContainerSession(engine, file, read.containers ?? {})
    const { context } = session
    if (inside === undefined) {
      return await use({
        source: file,
        context,
        paths: [path],
        ...(opened.isRemote !== true && { like: path }),
        assertUnchanged,
      })
    }
    const source = openInside(file, context, inside)
    const paths = [path, ...session.namedFiles.map(named => named.address)]
    return await use({ source, context, paths, assertUnchanged })
  } catch (error) {
    throw toldOf(path, error)
  } finally {
    session?.close()
    file?.close()
  }
}
