/** Where the manifests and layers of container images lie: an archive of them, or a directory in OCI's layout. */
import type { Source } from '../../source/source.ts'
import { readTar } from '../archive/tar.ts'
import { ContainerError } from '../container-error.ts'
import { type ContainerContext, openNamed } from '../context.ts'

export interface BlobStore {
  /** `oci` or `docker-archive`. */
  readonly format: string
  /** The file at a path of the store. Throws a ContainerError: `backing-missing` where there is none. */
  open(path: string): Source
}

/** The files of OCI's layout and of archives that Docker, Podman, skopeo, crane and kaniko write. */
const STORED =
  /^(?:oci-layout|index\.json|manifest\.json|repositories|blobs(?:\/sha(?:256|512)(?:\/[0-9a-f]{64,128})?)?|(?:sha256:)?[0-9a-f]{64}(?:\.tar|\.json|\.tar\.gz|\.tar\.zst)?|[0-9a-f]{64}\/(?:layer\.tar|json|VERSION))$/
/** Links that lead to each other, at most. */
const MAX_LINKS = 8

interface Member {
  open?: () => Source
  /** The path of another member. */
  link?: string
}

/**
 * The store that a tar is. Nothing where it is none: where a member is no file of a store, and after the last one where
 * there is neither an index nor a manifest. Throws a ContainerError.
 */
export function archiveStore(source: Source, context: ContainerContext): BlobStore | undefined {
  const members = new Map<string, Member>()
  for (const entry of readTar(source, context.budget)) {
    if (entry.path === '') continue
    if (!STORED.test(entry.path)) return undefined
    if (entry.hardLink !== undefined) members.set(entry.path, { link: entry.hardLink })
    else if (entry.target !== undefined) members.set(entry.path, { link: resolved(entry.path, entry.target) })
    else if (entry.kind === 'file') members.set(entry.path, { open: entry.open })
  }
  const isOci = members.has('index.json') && members.has('oci-layout')
  if (!isOci && !members.has('manifest.json')) return undefined
  const format = isOci ? 'oci' : 'docker-archive'
  return { format, open: path => openMember(members, path, format) }
}

function openMember(members: ReadonlyMap<string, Member>, path: string, format: string): Source {
  let member = members.get(path)
  for (let links = 0; member?.link !== undefined && links < MAX_LINKS; links++)
    member = members.get(member.link)
  if (member?.open !== undefined) return member.open()
  const message = `Cannot open ${JSON.stringify(path)}, which the ${format} image names: it is not in the archive`
  throw new ContainerError('backing-missing', format, message)
}

/** The path that a symbolic link at `path` leads to: skopeo links a layer of each image to one file. */
function resolved(path: string, target: string): string {
  const names = target.startsWith('/') ? [] : path.split('/').slice(0, -1)
  for (const name of target.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names.join('/')
}

/** The store beside an `index.json`; nothing where no `oci-layout` says that it is one. Throws a ContainerError. */
export function directoryStore(index: Source, context: ContainerContext): BlobStore | undefined {
  try {
    openNamed(context, 'oci-layout', 'oci')
  } catch (error) {
    if (error instanceof ContainerError && error.code.startsWith('backing-')) return undefined
    throw error
  }
  return {
    format: 'oci',
    open: path => (path === 'index.json' ? index : openNamed(context, path, 'oci').source),
  }
}

/** Whether a file that starts so may be the index of a layout: JSON with its members (OCI image-spec, image-index.md). */
export function isImageIndex(head: Uint8Array): boolean {
  if (head[0] !== 0x7b) return false
  const text = String.fromCharCode(...head.subarray(0, 4096))
  return /"schemaVersion"\s*:\s*2\b/.test(text) && /"manifests"\s*:\s*\[/.test(text)
}
