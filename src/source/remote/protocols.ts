/** From references to objects: one module a protocol, loaded where it is asked for. */
import type { RemoteOptions } from './options.ts'
import { schemeOf } from './reference.ts'
import { remoteError } from './remote-error.ts'
import type { Listed, RemoteObject } from './remote-object.ts'

/** Opens what a reference leads to. Throws a SourceError. */
export async function openReference(reference: string, options: RemoteOptions): Promise<RemoteObject> {
  switch (schemeOf(reference)) {
    case 'http':
    case 'https':
      return (await import('./web.ts')).openWeb(reference, options)
    case 's3':
      return (await import('./s3.ts')).openS3(reference, options)
    case 'registry':
      return (await import('./registry.ts')).openRegistry(reference, options)
    case 'glance':
      return (await import('./glance.ts')).openGlance(reference, options)
    case 'nbd':
      return (await import('./nbd.ts')).openNbd(reference, options)
    case undefined:
      throw remoteError('remote-reference', 'Cannot open the reference: it names no protocol that is known')
  }
}

/** The objects that a reference stands for: itself, or what a bucket or a store holds. Throws a SourceError. */
export async function* listReference(reference: string, options: RemoteOptions): AsyncGenerator<Listed> {
  const scheme = schemeOf(reference)
  if (scheme === 's3') yield* (await import('./s3.ts')).listS3(reference, options)
  else if (scheme === 'glance') yield* (await import('./glance.ts')).listGlance(reference, options)
  else yield { locator: reference }
}
