/** Addresses inside containers on the command line: `web01.qcow2!/part2/boot/vmlinuz-6.1.0`. */
import { existsSync, statSync } from 'node:fs'
import { ContainerError } from '../containers/container-error.ts'
import { AddressError, openInside } from '../containers/resolve.ts'
import { ContainerSession } from '../fleet/container-session.ts'
import { openImage } from '../fleet/open-image.ts'
import { layoutIndex } from '../source/node/named-parts.ts'
import { isReference } from '../source/remote/reference.ts'
import { type OpenSource, type Source, SourceError } from '../source/source.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { UsageError } from './usage-error.ts'

const MARK = '!/'

export interface Address {
  /** The path of a file. */
  path: string
  /** What is meant in it; absent for the file itself. */
  inside?: string
}

/**
 * Splits an address after the path of its container. Where a name in the path has the mark in it, as that of a directory
 * called `x!` has, the longest path that leads to a file is the container's.
 */
export function parseAddress(text: string): Address {
  if (existsSync(text)) return { path: layoutIndex(text) }
  for (let at = text.lastIndexOf(MARK); at > 0; at = text.lastIndexOf(MARK, at - 1)) {
    const path = text.slice(0, at)
    if (isContainer(path)) return { path: layoutIndex(path), inside: text.slice(at + MARK.length) }
  }
  const at = text.indexOf(MARK)
  return at === -1 ? { path: text } : { path: text.slice(0, at), inside: text.slice(at + MARK.length) }
}

/** Whether there is a file, or a directory that is one container. */
const isContainer = (path: string): boolean =>
  statSync(layoutIndex(path), { throwIfNoEntry: false })?.isFile() === true

/** What a person is told of a file that cannot be read: a UsageError, or `error` itself where that is no such fault. */
export function toldOf(path: string, error: unknown): unknown {
  if (error instanceof SourceError) return new UsageError(`${path}: ${error.problem.message}`)
  if (error instanceof AddressError || error instanceof ContainerError) {
    return new UsageError(`${path}: ${error.message}`)
  }
  return error
}

/**
 * Opens the container at `path` for `use`. Throws a UsageError where it cannot be opened, a layer cannot be read, or an
 * address leads to nothing.
 */
export function withContainer<T>(
  path: string,
  flags: ReadFlags,
  use: (source: OpenSource, session: ContainerSession) => T,
): T {
  const { engine, read } = scanOptions(flags)
  let source: OpenSource | undefined
  let session: ContainerSession | undefined
  try {
    source = openImage(isReference(path) ? path : layoutIndex(path), read.remote)
    session = new ContainerSession(engine, source, read.containers ?? {})
    return use(source, session)
  } catch (error) {
    throw toldOf(path, error)
  } finally {
    session?.close()
    source?.close()
  }
}

/** Opens what an address inside a container names. Throws like withContainer. */
export const withInside = <T>(
  { path, inside }: Required<Address>,
  flags: ReadFlags,
  use: (source: Source, session: ContainerSession) => T,
): T =>
  withContainer(path, flags, (source, session) => use(openInside(source, session.context, inside), session))
