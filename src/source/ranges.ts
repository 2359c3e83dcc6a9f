/** Which bytes of a file were read. */

/** Ranges that lie closer are one: reading on costs less than another call. */
const MAX_GAP = 16 * 1024
/** Above so many the list is drawn together; if that does not help, everything counts as read. */
const MAX_RANGES = 4096

/** Ranges of a file, as start, end, start, end … in order. May say that more was read than was. */
export type Ranges = number[]

export class ReadRanges {
  #list: Ranges = []

  add(start: number, end: number): void {
    if (end <= start) return
    const list = this.#list
    const last = list.length - 1
    // Mostly files are read onwards.
    if (last > 0 && start >= list[last - 1]! && start <= list[last]!) {
      list[last] = Math.max(list[last]!, end)
      return
    }
    list.push(start, end)
    if (list.length > 2 * MAX_RANGES) {
      this.#list = merge(list)
      if (this.#list.length > MAX_RANGES) this.#list = [0, Math.max(...this.#list)]
    }
  }

  /** Everything that was read, in order and without small gaps. */
  merged(): Ranges {
    return merge(this.#list)
  }
}

function merge(list: Ranges): Ranges {
  const pairs: [number, number][] = []
  for (let at = 0; at < list.length; at += 2) pairs.push([list[at]!, list[at + 1]!])
  pairs.sort(([a], [b]) => a - b)
  const merged: Ranges = []
  for (const [start, end] of pairs) {
    const last = merged.length - 1
    if (last > 0 && start <= merged[last]! + MAX_GAP) merged[last] = Math.max(merged[last]!, end)
    else merged.push(start, end)
  }
  return merged
}
