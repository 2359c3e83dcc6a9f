/**
 * A container to the records of the kernels in it.
 * @module
 */
import type { ContainerError } from '../containers/container-error.ts'
import { detectContainer } from '../containers/detect.ts'
import type { Detected } from '../containers/detect-head.ts'
import { isKernel, LOOK_LENGTH, looksLikeKernel, startsKernel } from '../containers/kernel-test.ts'
import { type InsideFile, type Place, walkContainer } from '../containers/walk.ts'
import type { Engine } from '../engine/engine.ts'
import { isOrdinary } from '../facts/elf-use.ts'
import { type ElfFacts, FACTS_VERSION, type Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { type RecordText, recordText, type WritableRecord } from '../record/write.ts'
import { KeptStart } from '../source/kept-start.ts'
import { readBytes } from '../source/memory.ts'
import type { OpenSource, Source } from '../source/source.ts'
import { BlockError } from '../unwrap/block.ts'
import { detectCodec } from '../unwrap/detect.ts'
import type { ReadOptions } from '../unwrap/image-reading.ts'
import { readImageToJson } from '../unwrap/read-image.ts'
import { readStream, type SlidingCodec } from '../unwrap/sliding/stream-reader.ts'
import { type ContainerOptions, ContainerSession } from './container-session.ts'
import { enginesOf } from './engine-pool.ts'
import { KernelCache } from './kernel-cache.ts'
import type { Machine } from './machine.ts'

/** What a container gave. */
export interface ContainerResult {
  records: RecordText[]
  read: number
  unpacked: number
  /** It named other files: what it holds depends on their bytes too. */
  namesOthers: boolean
}

/** What a peek into a packed file may ask for as its window. */
const PEEK_WINDOW = 2 ** 27

/** Reads containers one after the other. A kernel that several of them hold is unpacked once. */
export class ContainerReader {
  readonly #machine: Machine
  /** The kernels that were read. */
  readonly kernels: KernelCache

  constructor(machine: Machine) {
    this.#machine = machine
    this.kernels = new KernelCache(machine)
  }

  /**
   * Reads what the container in `source` holds; nothing where it is none. `engine` unpacks the kernels. `head` is the
   * start of the source where that is in memory.
   */
  read(
    engine: Engine,
    source: OpenSource,
    read: ReadOptions,
    options: ContainerOptions,
    head?: Uint8Array,
  ): ContainerResult | undefined {
    const before = source.bytesRead
    // Most files are no containers, and cost no more than this.
    const detected = options.declared === undefined ? detectContainer(source, { head }) : undefined
    if (options.declared === undefined && detected === undefined) return undefined
    const task = { engine, source, read, options, detected }
    const reading = new ContainerReading(this.#machine, this.kernels, task)
    try {
      return reading.run(before)
    } finally {
      reading.close()
    }
  }
}

interface Task {
  engine: Engine
  source: OpenSource
  read: ReadOptions
  options: ContainerOptions
  /** What the source is, unless its store says it. */
  detected: Detected | undefined
}

class ContainerReading {
  readonly #machine: Machine
  readonly #kernels: KernelCache
  readonly #engine: Engine
  readonly #source: OpenSource
  readonly #detected: Detected | undefined
  readonly #read: ReadOptions
  readonly #options: ContainerOptions
  readonly #session: ContainerSession
  readonly #records: RecordText[] = []
  #unpacked = 0

  constructor(machine: Machine, kernels: KernelCache, { engine, source, read, options, detected }: Task) {
    this.#machine = machine
    this.#kernels = kernels
    this.#engine = engine
    this.#source = source
    this.#detected = detected
    this.#read = read
    this.#options = options
    this.#session = new ContainerSession(machine, engine.name, source, options)
  }

  close(): void {
    this.#session.close()
  }

  /** `before` is how much had been read of the source before it was known to be a container. */
  run(before: number): ContainerResult | undefined {
    const { everywhere = false, snapshots = false } = this.#options
    const visitor = {
      file: (file: InsideFile) => this.#takeFile(file),
      problem: (place: Place, error: ContainerError) => this.#takeProblem(place, error),
    }
    const isContainer = walkContainer(this.#source, this.#session.context, visitor, {
      everywhere,
      snapshots,
      detected: this.#detected,
    })
    if (!isContainer && this.#records.length === 0) return undefined
    if (this.#records.length === 0) this.#add({ facts: this.#noFacts(), problem: this.#noKernel() })
    const read =
      this.#source.bytesRead -
      before +
      this.#session.namedFiles.reduce((sum, file) => sum + file.bytesRead, 0)
    return {
      records: this.#records,
      read,
      unpacked: this.#unpacked,
      namesOthers: this.#session.namedFiles.length > 0,
    }
  }

  #noFacts(): Facts {
    return { version: FACTS_VERSION, size: this.#source.size, kind: 'unknown', layers: [] }
  }

  #noKernel(): Problem {
    const where =
      this.#options.everywhere === true ? 'none of its files is one' : 'there is none where kernels lie'
    return { code: 'no-kernel-inside', message: `Cannot find a kernel in the container: ${where}`, offset: 0 }
  }

  #add(record: WritableRecord, place?: Place): void {
    if (place === undefined) {
      this.#records.push(recordText(record))
      return
    }
    const container = place.steps.map(step => ({ ...step }))
    const { remarks } = place
    const inside = place.inside === '' ? undefined : place.inside
    this.#records.push(recordText({ ...record, container, ...(remarks.length > 0 && { remarks }) }, inside))
  }

  #takeProblem(place: Place, error: ContainerError): void {
    const { code, message, offset } = error
    const problem: Problem = { code, message }
    if (offset !== undefined) problem.offset = offset
    this.#add({ facts: this.#noFacts(), problem }, place)
  }

  #takeFile(file: InsideFile): boolean {
    const source = new KeptStart(file.source)
    const head = readBytes(source, 0, LOOK_LENGTH)
    const looks = looksLikeKernel(head)
    if (looks === 'no' || (looks === 'packed' && !this.#unpacksToKernel(head, source))) return false
    const known = this.#kernels.find(source)
    if (known !== undefined) {
      this.#add(known.record, file)
      return true
    }
    const traced = this.#kernels.trace(source)
    const { facts, elfJson, problem, cost, use } = readImageToJson(this.#engine, traced, this.#read)
    if (facts.kind !== 'elf' && isOrdinary(use, facts.elf, elfJson)) return false
    const elf =
      elfJson === undefined ? facts.elf : facts.kind === 'elf' ? (JSON.parse(elfJson) as ElfFacts) : undefined
    if (!isKernel(elf === undefined ? facts : { ...facts, elf }, problem, file.isExpected)) return false
    this.#unpacked += cost.unpacked
    const record: WritableRecord = { facts }
    if (elfJson !== undefined) record.elfJson = elfJson
    if (problem !== undefined) record.problem = problem
    this.#add(record, file)
    if (problem?.code !== 'memory-limit') this.#kernels.add(source, traced, record)
    return true
  }

  /** Unpacks the first bytes of a file: most packed files are initial RAM disks, manuals and the like. */
  #unpacksToKernel(head: Uint8Array, source: Source): boolean {
    const lease = enginesOf(this.#machine).lease(this.#engine.name)
    try {
      const codec = detectCodec(head) as SlidingCodec
      for (const piece of readStream(lease.engine, codec, source, PEEK_WINDOW)) {
        return startsKernel(piece.subarray(0, LOOK_LENGTH))
      }
      return false
    } catch (error) {
      if (error instanceof BlockError) return false
      throw error
    } finally {
      lease.release()
    }
  }
}
