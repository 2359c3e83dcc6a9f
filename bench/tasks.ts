/** What a probe can be asked to do. Each task is measured as a whole; all of it is what the product runs. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Engine, EngineName } from '../src/engine/engine.ts'
import { BASE } from '../src/engine/memory.ts'
import type { Facts } from '../src/facts/facts.ts'
import { scanElf } from '../src/facts/scan.ts'
import { createEngine } from '../src/fleet/engines.ts'
import { openFile } from '../src/source/node/file.ts'
import { readImage } from '../src/unwrap/read-image.ts'
import { bootModes, Judge, judge, releases, resolveTarget } from '../src/xen/mod.ts'

/** Opens an image, reads its facts and closes it, `times` times. */
export interface ImageTask {
  kind: 'image'
  path: string
  times: number
}

/** Opens, reads and closes every image of a list. */
export interface ImagesTask {
  kind: 'images'
  paths: string[]
}

/** The system calls of an ImagesTask on bare ELF files, and nothing else: what any program on this runtime pays. */
export interface CallsTask {
  kind: 'calls'
  paths: string[]
  /** Where the notes are. */
  position: number
}

/** Parses ELF images that lie in memory: no system call, and no codec. */
export interface ParseTask {
  kind: 'parse'
  paths: string[]
  times: number
}

/** Judges facts (a JSON array in a file) in every boot mode by all releases. */
export interface JudgeTask {
  kind: 'judge'
  factsFile: string
  times: number
}

/** The same, with a question for each release and mode. */
export interface JudgeEachTask {
  kind: 'judge-each'
  factsFile: string
}

export type Task = ImageTask | ImagesTask | CallsTask | ParseTask | JudgeTask | JudgeEachTask

export interface TaskResult {
  /** Bytes read from the image, of the last one. */
  read?: number
}

const TARGETS = releases.map(release => resolveTarget(release))

/** As much as is read of the start of a file, and of its notes. */
const head = new Uint8Array(8224)
const notes = new Uint8Array(512)

function callSystem(path: string, position: number): void {
  const fd = openSync(path, constants.O_RDONLY)
  fstatSync(fd, { bigint: true })
  readSync(fd, head, 0, head.length, 0)
  readSync(fd, notes, 0, notes.length, position)
  closeSync(fd)
}

export class TaskRunner {
  readonly #engine: Engine
  readonly #facts = new Map<string, Facts[]>()
  readonly #preloaded = new Map<string, { address: number; size: number }>()
  #free = BASE

  constructor(engine: EngineName) {
    this.#engine = createEngine(engine)
  }

  /** What must be in memory before the clock starts. */
  prepare(task: Task): void {
    if (task.kind === 'parse') for (const path of task.paths) this.#preload(path)
    // Read anew: what was judged before would be known.
    if (task.kind === 'judge-each' || (task.kind === 'judge' && !this.#facts.has(task.factsFile))) {
      this.#facts.set(task.factsFile, JSON.parse(readFileSync(task.factsFile, 'utf8')))
    }
  }

  async run(task: Task): Promise<TaskResult> {
    switch (task.kind) {
      case 'image': {
        let read = 0
        for (let time = 0; time < task.times; time++) read = this.#read(task.path)
        return { read }
      }
      case 'images':
        for (const path of task.paths) this.#read(path)
        return {}
      case 'calls':
        for (const path of task.paths) callSystem(path, task.position)
        return {}
      case 'parse':
        for (let time = 0; time < task.times; time++) for (const path of task.paths) this.#parse(path)
        return {}
      case 'judge':
        for (let time = 0; time < task.times; time++) {
          for (const facts of this.#facts.get(task.factsFile)!) {
            const judge = new Judge(facts)
            for (const mode of bootModes) judge.spans(mode)
          }
        }
        return {}
      case 'judge-each':
        for (const facts of this.#facts.get(task.factsFile)!) {
          for (const mode of bootModes) for (const target of TARGETS) judge(facts, target, mode)
        }
        return {}
    }
  }

  #read(path: string): number {
    const source = openFile(path)
    try {
      const { facts, cost } = readImage(this.#engine, source)
      if (facts.elf === undefined || facts.elf.notes.length === 0) throw new Error(`${path} has no notes`)
      return cost.read
    } finally {
      source.close()
    }
  }

  #preload(path: string): void {
    if (this.#preloaded.has(path)) return
    const bytes = readFileSync(path)
    this.#engine.reserve(this.#free + bytes.length)
    this.#engine.memory.set(bytes, this.#free)
    this.#preloaded.set(path, { address: this.#free, size: bytes.length })
    this.#free += bytes.length
  }

  #parse(path: string): void {
    const { address, size } = this.#preloaded.get(path)!
    const need = (start: number, end: number) => ({
      start,
      address: address + start,
      length: Math.min(end, size) - start,
    })
    scanElf(this.#engine, { size, need })
  }
}
