// The inverse Burrows-Wheeler transform. Each row of the sorted block leads to the row that follows it in the
// text: one long chain of dependent loads, most of which miss the cache. So the chain is cut at a thousand rows,
// and eight of the segments between them are walked at once, which takes a fifth of the time of one after the
// other. Where a segment ends is known when it is met: at the start of another one.
import * as state from '../src/engine/bzip2-state.ts'
import { copyWide } from './copy'

const COUNTS: usize = state.BZIP2_COUNTS
const PIECES: usize = state.BZIP2_PIECES
const ROWS: usize = state.BZIP2_ROWS
const SEGMENTS: usize = state.BZIP2_SEGMENTS
const TEXT: usize = state.BZIP2_TEXT

/** Below this the segments would cost more than the misses. */
const SMALL: u32 = 16384
const CUTS: u32 = 1024
/** A row's entry is its byte, and ten bits up the row that follows; the highest bit marks the start of a segment. */
const NEXT: u32 = 10
const START: u32 = 0x80000000
/** What the lanes write: all of them are busy as long as they write here, so each takes an eighth of the text. */
const LANE: usize = 112512
const LANE_0: usize = PIECES
const LANE_1: usize = PIECES + LANE
const LANE_2: usize = PIECES + 2 * LANE
const LANE_3: usize = PIECES + 3 * LANE
const LANE_4: usize = PIECES + 4 * LANE
const LANE_5: usize = PIECES + 5 * LANE
const LANE_6: usize = PIECES + 6 * LANE
const LANE_7: usize = PIECES + 7 * LANE
/** What is left of the segments when there are no more for all lanes. */
const TAILS: usize = PIECES + 8 * LANE

// A segment: the entry that its start had, the segment after it, and the ranges of its bytes in a lane and the tails.
const ENTRY: usize = 0
const FOLLOWER: usize = 4
const FROM: usize = 8
const TO: usize = 12
const TAIL_FROM: usize = 16
const TAIL_TO: usize = 20
const SEGMENT: usize = 24
const NONE: u32 = 0xffffffff

/** The segment that each lane is in. */
const LANES = memory.data(8 * 4, 4)
let segments: u32
/** The next segment that no lane has walked yet. */
let waiting: u32
/** True once a lane found none. */
let isOver: bool

function segmentAt(id: u32): usize {
  return SEGMENTS + <usize>id * SEGMENT
}

/** Fills the rows from the last column, which is the block as it was decoded. */
function fillRows(length: u32): void {
  let row: u32 = 0
  for (let counter: usize = COUNTS; counter < COUNTS + 1024; counter += 4) {
    const count = load<u32>(counter)
    store<u32>(counter, row << 2)
    row += count
  }
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(TEXT + index)
    const counter = COUNTS + ((<usize>byte) << 2)
    const at = <usize>load<u32>(counter)
    store<u32>(counter, <u32>at + 4)
    store<u32>(at, (index << NEXT) | byte, ROWS)
  }
}

/** Makes a row the start of a new segment, and returns its id; that of the segment which starts there already. */
function cut(row: u32): u32 {
  const at = ROWS + ((<usize>row) << 2)
  const entry = load<u32>(at)
  if ((entry & START) !== 0) return entry & ~START
  store<u32>(segmentAt(segments), entry, ENTRY)
  store<u32>(segmentAt(segments), 0, TAIL_FROM)
  store<u32>(segmentAt(segments), 0, TAIL_TO)
  store<u32>(at, START | segments)
  return segments++
}

/** Gives a lane whose segment ended at `row` the next one, and returns its first entry. */
function startSegment(lane: usize, row: usize): u32 {
  if (waiting === segments) {
    isOver = true
    store<u32>(LANES + (lane << 2), NONE)
    return 0
  }
  const id = waiting++
  store<u32>(LANES + (lane << 2), id)
  store<u32>(segmentAt(id), <u32>(LANE_0 + lane * LANE + row), FROM)
  return load<u32>(segmentAt(id), ENTRY)
}

function endSegment(lane: usize, row: usize, entry: u32): u32 {
  const at = segmentAt(load<u32>(LANES + (lane << 2)))
  store<u32>(at, entry & ~START, FOLLOWER)
  store<u32>(at, <u32>(LANE_0 + lane * LANE + row), TO)
  return startSegment(lane, row)
}

/** Walks what is left of a lane's segment, and returns where the next tail goes. */
function endLane(lane: usize, row: usize, first: u32, tail: usize): usize {
  const id = load<u32>(LANES + (lane << 2))
  if (id === NONE) return tail
  const at = segmentAt(id)
  store<u32>(at, <u32>(LANE_0 + lane * LANE + row), TO)
  store<u32>(at, <u32>tail, TAIL_FROM)
  let entry = first
  while (<i32>entry >= 0) {
    store<u8>(tail++, entry)
    entry = load<u32>(entry >> 8, ROWS)
  }
  store<u32>(at, entry & ~START, FOLLOWER)
  store<u32>(at, <u32>tail, TAIL_TO)
  return tail
}

function walkSegments(): void {
  isOver = false
  waiting = 0
  let row: usize = 0
  let entry0 = startSegment(0, 0)
  let entry1 = startSegment(1, 0)
  let entry2 = startSegment(2, 0)
  let entry3 = startSegment(3, 0)
  let entry4 = startSegment(4, 0)
  let entry5 = startSegment(5, 0)
  let entry6 = startSegment(6, 0)
  let entry7 = startSegment(7, 0)
  while (!isOver) {
    do {
      store<u8>(row, entry0, LANE_0)
      store<u8>(row, entry1, LANE_1)
      store<u8>(row, entry2, LANE_2)
      store<u8>(row, entry3, LANE_3)
      store<u8>(row, entry4, LANE_4)
      store<u8>(row, entry5, LANE_5)
      store<u8>(row, entry6, LANE_6)
      store<u8>(row, entry7, LANE_7)
      row++
      entry0 = load<u32>(entry0 >> 8, ROWS)
      entry1 = load<u32>(entry1 >> 8, ROWS)
      entry2 = load<u32>(entry2 >> 8, ROWS)
      entry3 = load<u32>(entry3 >> 8, ROWS)
      entry4 = load<u32>(entry4 >> 8, ROWS)
      entry5 = load<u32>(entry5 >> 8, ROWS)
      entry6 = load<u32>(entry6 >> 8, ROWS)
      entry7 = load<u32>(entry7 >> 8, ROWS)
    } while (<i32>(entry0 | entry1 | entry2 | entry3 | entry4 | entry5 | entry6 | entry7) >= 0)
    if (<i32>entry0 < 0) entry0 = endSegment(0, row, entry0)
    if (<i32>entry1 < 0) entry1 = endSegment(1, row, entry1)
    if (<i32>entry2 < 0) entry2 = endSegment(2, row, entry2)
    if (<i32>entry3 < 0) entry3 = endSegment(3, row, entry3)
    if (<i32>entry4 < 0) entry4 = endSegment(4, row, entry4)
    if (<i32>entry5 < 0) entry5 = endSegment(5, row, entry5)
    if (<i32>entry6 < 0) entry6 = endSegment(6, row, entry6)
    if (<i32>entry7 < 0) entry7 = endSegment(7, row, entry7)
  }
  let tail = endLane(0, row, entry0, TAILS)
  tail = endLane(1, row, entry1, tail)
  tail = endLane(2, row, entry2, tail)
  tail = endLane(3, row, entry3, tail)
  tail = endLane(4, row, entry4, tail)
  tail = endLane(5, row, entry5, tail)
  tail = endLane(6, row, entry6, tail)
  endLane(7, row, entry7, tail)
}

/** Restores the order of the `length` bytes at TEXT, whose counts are at COUNTS. */
export function orderText(origin: u32, length: u32): void {
  fillRows(length)
  let output: usize = TEXT
  const end = output + length
  if (length < SMALL) {
    let entry = load<u32>((<usize>origin) << 2, ROWS)
    while (output < end) {
      store<u8>(output++, entry)
      entry = load<u32>(entry >> 8, ROWS)
    }
    return
  }
  segments = 0
  let id = cut(origin)
  const spacing = length / CUTS
  for (let row: u32 = 0; row < CUTS * spacing; row += spacing) cut(row)
  walkSegments()
  // A block that repeats itself is shorter than its rows: then the same segments come round again.
  while (output < end) {
    const at = segmentAt(id)
    for (let range = at + FROM; range <= at + TAIL_FROM; range += TAIL_FROM - FROM) {
      const from = <usize>load<u32>(range)
      const size = min(<usize>load<u32>(range, TO - FROM) - from, end - output)
      if (size !== 0) copyWide(output, from, size)
      output += size
    }
    id = load<u32>(at, FOLLOWER)
  }
}
