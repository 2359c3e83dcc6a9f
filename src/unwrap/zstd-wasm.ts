/**
 * zstd for runtimes whose node:zlib does not have it: the C library that the package zstddec brings, driven by
 * its own streaming functions. The package's stream would neither stop at an error nor give memory back early.
 * @module
 */
import type { ChunkDecoder, StreamFault } from './chunk-stream.ts'

/** What is used of the library (zstd's lib/zstd.h); pointers and sizes are numbers of 32 bits. */
interface Library {
  memory: { buffer: ArrayBuffer }
  malloc(size: number): number
  free(pointer: number): void
  ZSTD_createDCtx(): number
  ZSTD_freeDCtx(context: number): void
  ZSTD_decompressStream(context: number, output: number, input: number): number
}
type LibraryModule = object
// No runtime's types are among ours: what is used of WebAssembly, as all of them have it.
declare const WebAssembly: { Instance: new (module: LibraryModule, imports: object) => { exports: object } }

/** A result above this is an error's number, negated (ZSTD_isError of zstd's lib/common/error_private.h). */
const FIRST_ERROR = 2 ** 32 - 120
/** ZSTD_error_checksum_wrong and ZSTD_error_memory_allocation of zstd's lib/zstd_errors.h. */
const CHECKSUM_WRONG = 22
const OUT_OF_MEMORY = 64
const INPUT_ROOM = 256 * 1024
const OUTPUT_ROOM = 256 * 1024
/** ZSTD_inBuffer and ZSTD_outBuffer: pointer, size, position. */
const BUFFER_WORDS = 3

/** Makes the fault of an error of zstd's: whether its checksum is wrong, how far it read, and what it says. */
export type ExplainZstd = (isChecksum: boolean, consumed: number, reason: string) => StreamFault

let loading: Promise<LibraryModule> | undefined

/** The package makes one instance of its own; its module is taken from there, for instances of ours. */
async function loadModule(): Promise<LibraryModule> {
  // Here and not above: 80 KB that few runs need.
  const { ZSTDDecoder } = await import('zstddec/stream')
  const decoder = new ZSTDDecoder()
  const { _init } = decoder
  let module: LibraryModule | undefined
  decoder._init = result => {
    module = result.module
    _init(result)
  }
  await decoder.init()
  if (module === undefined)
    throw new Error('Cannot load zstd: zstddec/stream was initialized by another package')
  return module
}

/** An instance with its buffers: used by one stream after the other, as its memory only grows. */
class Workspace {
  readonly #library: Library
  readonly #input: number
  readonly #output: number
  readonly #structs: number
  #context = 0

  constructor(module: LibraryModule) {
    const imports = { env: { emscripten_notify_memory_growth: () => {} } }
    this.#library = new WebAssembly.Instance(module, imports).exports as Library
    this.#input = this.#library.malloc(INPUT_ROOM)
    this.#output = this.#library.malloc(OUTPUT_ROOM)
    this.#structs = this.#library.malloc(2 * BUFFER_WORDS * 4)
  }

  start(): void {
    this.#context = this.#library.ZSTD_createDCtx()
    this.#words().set([this.#input, 0, 0, this.#output, OUTPUT_ROOM, 0])
  }

  stop(): void {
    this.#library.ZSTD_freeDCtx(this.#context)
  }

  /** How much of the input was used up. */
  get used(): number {
    return this.#words()[2]!
  }

  get isUsedUp(): boolean {
    const [, size, position] = this.#words()
    return position === size
  }

  fill(bytes: Uint8Array): void {
    new Uint8Array(this.#library.memory.buffer, this.#input, INPUT_ROOM).set(bytes)
    this.#words().set([bytes.length, 0], 1)
  }

  /** Unpacks what fits the output, and answers the library's result. */
  run(): number {
    this.#words()[5] = 0
    return (
      this.#library.ZSTD_decompressStream(this.#context, this.#structs + BUFFER_WORDS * 4, this.#structs) >>>
      0
    )
  }

  /** What the last run unpacked. */
  get unpacked(): Uint8Array {
    return new Uint8Array(this.#library.memory.buffer, this.#output, this.#words()[5]!)
  }

  #words(): Uint32Array {
    return new Uint32Array(this.#library.memory.buffer, this.#structs, 2 * BUFFER_WORDS)
  }
}

let idle: Workspace | undefined

export class WasmZstdDecoder implements ChunkDecoder {
  readonly #input: Iterator<Uint8Array>
  readonly #explain: ExplainZstd
  #workspace: Workspace | undefined
  #fed = 0
  #isFull = false

  /** Unpacks the one frame that the chunks (of at most 256 KiB) make up; `explain` words what goes wrong. */
  constructor(input: Iterable<Uint8Array>, explain: ExplainZstd) {
    this.#input = input[Symbol.iterator]()
    this.#explain = explain
  }

  get consumed(): number {
    return this.#fed
  }

  async next(): Promise<Uint8Array | undefined> {
    const workspace = this.#workspace ?? (await this.#open())
    while (true) {
      if (workspace.isUsedUp && !this.#isFull) {
        const { value, done } = this.#input.next()
        if (done) return undefined
        workspace.fill(value)
        this.#fed += value.length
      }
      const result = workspace.run()
      if (result > FIRST_ERROR) {
        const code = 2 ** 32 - result
        if (code === OUT_OF_MEMORY) throw new RangeError('zstd cannot get the memory for its window')
        throw this.#explain(code === CHECKSUM_WRONG, this.#fed, `zstd's error ${code}`)
      }
      const { unpacked } = workspace
      this.#isFull = unpacked.length === OUTPUT_ROOM
      if (unpacked.length > 0) return unpacked
    }
  }

  close(): void {
    if (this.#workspace === undefined) return
    this.#workspace.stop()
    idle = this.#workspace
    this.#workspace = undefined
  }

  async #open(): Promise<Workspace> {
    loading ??= loadModule()
    const module = await loading
    this.#workspace = idle ?? new Workspace(module)
    idle = undefined
    this.#workspace.start()
    return this.#workspace
  }
}
