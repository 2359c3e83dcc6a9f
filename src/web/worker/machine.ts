/** A browser's worker as the machine that files are read on. */
import { ContainerError } from '../../containers/container-error.ts'
import type { FileResolver } from '../../containers/context.ts'
import { SHA256_DIGEST } from '../../engine/codec-layout.ts'
import type { Engine, EngineName } from '../../engine/engine.ts'
import { BASE } from '../../engine/memory.ts'
import { createTypeScriptEngine } from '../../engine/typescript.ts'
import { compileEngine, createWasmEngine, type EngineModule } from '../../engine/wasm.ts'
import type { Machine, NamedFiles, Sha256 } from '../../read/machine.ts'
import { BlobSource } from '../../source/blob.ts'
import { MemorySource } from '../../source/memory.ts'
import type { OpenSource } from '../../source/source.ts'
import { openGzip } from '../../unwrap/gzip.ts'
import { DEFAULT_LIMITS } from '../../unwrap/limits.ts'
import { Input } from '../../unwrap/unpacker.ts'
import type { GivenFile } from '../messages.ts'

/** The engine's WebAssembly build, packed by gzip and in base64: .ci/web.mjs puts it here. */
declare const ENGINE: string

/** More than the build has, in bytes. */
const ENGINE_LIMIT = 2 ** 20

let compiled: EngineModule | undefined

function engineModule(): EngineModule {
  compiled ??= compileEngine(unpackEngine())
  return compiled
}

/** The twin unpacks it: a browser's own streams would have to be waited for. */
function unpackEngine(): Uint8Array<ArrayBuffer> {
  const packed = Uint8Array.from(atob(ENGINE), char => char.charCodeAt(0))
  const twin = createTypeScriptEngine()
  const input = new Input(twin, new MemorySource(packed), 0, packed.length, BASE)
  const unpacker = openGzip({ engine: twin, input, output: input.end, limits: DEFAULT_LIMITS })
  const { address, length } = unpacker.need(0, ENGINE_LIMIT)
  return new Uint8Array(twin.memory.subarray(address, address + length))
}

/** Whether this browser runs WebAssembly on this page; the twin in TypeScript stands in where it does not. */
export function engineName(): EngineName {
  try {
    engineModule()
    return 'wasm'
  } catch {
    return 'typescript'
  }
}

const createEngine = (name: EngineName): Engine =>
  name === 'wasm' ? createWasmEngine(engineModule()) : createTypeScriptEngine()

/** The files that are there beside the one that is read. */
let siblings: readonly GivenFile[] = []

export function setSiblings(files: readonly GivenFile[]): void {
  siblings = files
}

/** A given file as a source. */
export const openGiven = ({ file, address }: GivenFile): OpenSource =>
  new BlobSource(file, address, `${address}:${file.size}:${file.lastModified}`)

export const browserMachine: Machine = {
  createEngine,
  sha256: () => new BufferedSha256(),
  namedFiles: () => new GivenFiles(siblings),
}

/** Keeps what it is fed: a kernel's bytes are few enough. */
class BufferedSha256 implements Sha256 {
  readonly #pieces: Uint8Array[] = []
  #length = 0

  update(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice())
    this.#length += bytes.length
  }

  hex(): string {
    const engine = hashEngine()
    engine.reserve(BASE + this.#length)
    let at = BASE
    for (const piece of this.#pieces) {
      engine.memory.set(piece, at)
      at += piece.length
    }
    engine.sha256(BASE, this.#length)
    const digest = engine.memory.subarray(SHA256_DIGEST, SHA256_DIGEST + 32)
    return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
  }
}

let hashing: Engine | undefined

function hashEngine(): Engine {
  hashing ??= createEngine(engineName())
  return hashing
}

/** The directories of a path, outermost first. */
const namesOf = (path: string) => path.split(/[\\/]/).filter(name => name !== '' && name !== '.')

/**
 * The files that an image may name: those that a person gave together with it. A name leads from the image's own folder on,
 * as on a disk, and never above what was given.
 */
class GivenFiles implements NamedFiles {
  readonly opened: OpenSource[] = []
  readonly #files: Map<string, GivenFile>

  constructor(files: readonly GivenFile[]) {
    this.#files = new Map(files.map(given => [namesOf(given.address).join('/'), given]))
  }

  resolverOf({ address, identity }: OpenSource): FileResolver {
    return {
      identity,
      open: (name, layer, offset) => {
        const given = this.#find(address, name)
        if (given === undefined) {
          const message = `Cannot open ${JSON.stringify(name)}, which the ${layer} image names: it was not given; choose it together with the image, or the folder of both`
          throw new ContainerError('backing-missing', layer, message, offset)
        }
        const source = openGiven(given)
        this.opened.push(source)
        return { source, files: this.resolverOf(source) }
      },
    }
  }

  /** A path of another machine leads nowhere here: its last name is looked for beside the image. */
  #find(from: string, name: string): GivenFile | undefined {
    const folder = namesOf(from).slice(0, -1)
    const isAbsolute = /^(?:[\\/]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(name)
    const path = isAbsolute ? namesOf(name).slice(-1) : namesOf(name)
    const place = [...folder]
    for (const step of path) {
      if (step !== '..') place.push(step)
      else if (place.pop() === undefined) return undefined
    }
    return this.#files.get(place.join('/'))
  }

  close(): void {
    for (const source of this.opened.splice(0)) source.close()
  }
}
