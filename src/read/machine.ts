/**
 * What reading files needs of the machine that it runs on: Node and Deno have files and a native SHA-256, a browser has
 * what a person gave it.
 * @module
 */
import type { FileResolver } from '../containers/context.ts'
import type { Engine, EngineName } from '../engine/engine.ts'
import type { OpenSource } from '../source/source.ts'

/** A SHA-256 that is fed piece by piece. */
export interface Sha256 {
  update(bytes: Uint8Array): void
  /** 64 hexadecimal digits. Nothing can be added afterwards. */
  hex(): string
}

/** The files that one container names, such as the backing file of a disk image. */
export interface NamedFiles {
  /** Finds the files that an open one names. */
  resolverOf(source: OpenSource): FileResolver
  /** The files that were opened. */
  readonly opened: readonly OpenSource[]
  close(): void
}

export interface Machine {
  /** A new engine with its own memory. Throws where it cannot be had. */
  createEngine(name: EngineName): Engine
  sha256(): Sha256
  /** `roots` are directories whose files a container may name, beside those of its own directory. */
  namedFiles(roots: readonly string[]): NamedFiles
}
