/**
 * The progress bar: on stderr, and only where somebody watches.
 * @module
 */

import { Writable } from 'node:stream'
import { atExit } from './ending.ts'
import { screen, terminalColumns } from './screen.ts'

export interface Progress {
  /** One more image is done; `bytes` is the size of its file. */
  advance(bytes: number): void
  stop(): void
}

const NO_PROGRESS: Progress = { advance() {}, stop() {} }

/** The bar is drawn again so often, in milliseconds. */
const REDRAW_MS = 100
const MAX_BAR = 40
/** The columns that the numbers after the bar take: `100000/100000 images, 99999 MiB, 1000/s, 10h30m left`. */
const NUMBERS = 52

/** Tells whether a bar would be seen: a terminal, and nobody said that it is none (NO_COLOR is about colour alone). */
const isWatched = () => process.stderr.isTTY === true && (process.env.CI ?? '') === ''

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`

/** Starts a bar for as many files as `count` finds, which is only asked where the bar is seen; it may not know. */
export async function startProgress(count: () => number | undefined, wanted: boolean): Promise<Progress> {
  if (!wanted || !isWatched()) return NO_PROGRESS
  const images = count()
  // Loaded only where it is seen; as a CommonJS package it has no named exports for Node.
  const { Format, Presets, SingleBar } = (await import('cli-progress')).default
  const started = performance.now()
  let drawn = 0
  let done = 0
  let bytes = 0
  // cli-progress saves the position of the cursor and goes back to it, over what was written since. It does not where
  // it takes its stream for a file: this stream passes its text on to the bottom line.
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, written) {
      drawn = performance.now()
      if (text !== '\n') screen.draw(text)
      written()
    },
  })
  const bar = new SingleBar(
    {
      stream,
      noTTYOutput: true,
      notTTYSchedule: REDRAW_MS,
      barsize: Math.max(0, Math.min(MAX_BAR, terminalColumns(process.stderr) - NUMBERS)),
      format(options, { progress }) {
        const rate = done / Math.max(0.001, (performance.now() - started) / 1000)
        const numbers = `${mebibytes(bytes)}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s`
        if (images === undefined) return `${done} images, ${numbers}`
        const left =
          done === 0 ? '' : `, ${Format.TimeFormat(Math.ceil((images - done) / rate), options, 1)} left`
        return `${Format.BarFormat(progress, options)} ${done}/${images} images, ${numbers}${left}`
      },
    },
    Presets.shades_classic,
  )
  bar.start(images ?? 0, 0)
  const forget = atExit(() => screen.clear())
  return {
    advance(size) {
      done++
      bytes += size
      bar.update(done)
      // Timers wait while images are read on this thread.
      if (performance.now() - drawn > 2 * REDRAW_MS) bar.render()
    },
    stop() {
      forget()
      bar.stop()
      screen.clear()
    },
  }
}
