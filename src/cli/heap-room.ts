/**
 * Whether the images of an audit fit in the memory of this process, said while their facts begin to be read: V8 ends a
 * process whose heap is full without a word of ours.
 * @module
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { UsageError } from './usage-error.ts'

/** Images after which the heap is looked at first; then each time after twice as many. */
const FIRST = 25_000
/** A report takes so many times of what the images take once they are read. */
const SHARE = 3
/** Facts take no more memory than this many times of their bytes: smaller files are not looked at. */
const MOST_A_BYTE = 4

const MIB = 2 ** 20
const mebibytes = (bytes: number) => `${Math.ceil(bytes / MIB).toLocaleString('en')} MiB`

interface Look {
  used: number
  read: number
}

export class HeapRoom {
  readonly #total: number
  readonly #limit: number
  #images = 0
  #read = 0
  #next = FIRST
  #last: Look | undefined
  #collect: (() => void) | undefined

  /** `total` are the bytes of all facts, and `limit` those that the heap may have. */
  constructor(total: number, limit = getHeapStatistics().heap_size_limit) {
    this.#total = total
    this.#limit = limit
    // Deno has no way to collect what is dead, which is most of it.
    if ('Deno' in globalThis || total * MOST_A_BYTE < limit) this.#next = Number.POSITIVE_INFINITY
  }

  /** Counts an image of so many bytes. Throws a UsageError where all of them will not fit. */
  add(bytes: number): void {
    this.#images++
    this.#read += bytes
    if (this.#images < this.#next) return
    this.#next *= 2
    this.#look()
  }

  #look(): void {
    if (this.#collect === undefined) {
      setFlagsFromString('--expose-gc')
      this.#collect = runInNewContext('gc') as () => void
    }
    this.#collect()
    const look: Look = { used: getHeapStatistics().used_heap_size, read: this.#read }
    const last = this.#last
    this.#last = look
    if (last === undefined) return
    // The first lines have most kernels; what follows has their copies.
    const slope = (look.used - last.used) / (look.read - last.read)
    const expected = (look.used + slope * (this.#total - look.read)) * SHARE
    if (expected <= this.#limit) return
    const images = Math.round((this.#images * this.#total) / look.read)
    const rough = Number(images.toPrecision(2)).toLocaleString('en')
    throw new UsageError(
      `Cannot judge about ${rough} images at once: they take about ${mebibytes(expected)} of memory, and this process may have ${mebibytes(this.#limit)} (\`node --max-old-space-size=${Math.ceil(expected / MIB)}\` gives it more; --select, or facts in parts, take less)`,
    )
  }
}
