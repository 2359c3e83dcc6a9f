/** Opens what lies at an address: a file, or an object on a server. */
import { openFile, openFoundFile } from '../source/node/file.ts'
import { locatorOf } from '../source/remote/locators.ts'
import { DEFAULT_REMOTE, type RemoteOptions } from '../source/remote/options.ts'
import { isReference } from '../source/remote/reference.ts'
import type { FoundState, OpenSource } from '../source/source.ts'

let openRemote: typeof import('../source/remote/remote-source.ts').openRemote | undefined

/** Loads what reads from servers where one of the addresses is a reference: files do not need it. */
export async function loadFor(addresses: Iterable<string>): Promise<void> {
  if (openRemote !== undefined) return
  for (const address of addresses) {
    if (!isReference(address)) continue
    ;({ openRemote } = await import('../source/remote/remote-source.ts'))
    return
  }
}

/** What is known of an image beside its address. */
export interface KnownOfImage {
  /** What opens an object on a server. */
  locator?: string | undefined
  /** What a file was when it was found: it is not asked again. */
  found?: FoundState | undefined
}

/** Opens an image. Throws a SourceError. For a reference loadFor must have been called. */
export function openImage(
  address: string,
  options: RemoteOptions = DEFAULT_REMOTE,
  { locator = locatorOf(address), found }: KnownOfImage = {},
): OpenSource {
  if (!isReference(address)) return found === undefined ? openFile(address) : openFoundFile(address, found)
  if (openRemote === undefined) throw new TypeError('loadFor was not called for a reference')
  return openRemote(address, locator, options)
}
