/**
 * The progress bar: on stderr, and only where somebody watches.
 * @module
 */

import { EXIT_INTERRUPTED } from './exit-codes.ts'

export interface Progress {
  /** One more image is done; `bytes` is the size of its file. */
  advance(bytes: number): void
  /** Clears the bar's line where a report goes to the same terminal; the bar comes back by itself. */
  hide(): void
  stop(): void
}

const NO_PROGRESS: Progress = { advance() {}, hide() {}, stop() {} }

/** Tells whether a bar would be seen: a terminal, and nobody said that it is none (NO_COLOR is about colour alone). */
const isWatched = () => process.stderr.isTTY === true && (process.env.CI ?? '') === ''

/**
 * A bar hides the cursor, which has to come back however the program ends. Ctrl-C is left to those who listen for it
 * already.
 */
function onEnd(restore: () => void): () => void {
  const interrupt = () => process.exit(EXIT_INTERRUPTED)
  if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', interrupt)
  process.once('exit', restore)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('exit', restore)
  }
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`

/** Starts a bar for as many files as `count` finds, which is only asked where the bar is seen; it may not know. */
export async function startProgress(count: () => number | undefined, wanted: boolean): Promise<Progress> {
  if (!wanted || !isWatched()) return NO_PROGRESS
  const images = count()
  // Loaded only where it is seen; as a CommonJS package it has no named exports for Node.
  const { Format, Presets, SingleBar } = (await import('cli-progress')).default
  const started = performance.now()
  const total = images ?? 0
  let done = 0
  let bytes = 0
  const rate = () => done / Math.max(0.001, (performance.now() - started) / 1000)
  const bar = new SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      format(options, { progress, eta }) {
        const drawn = images === undefined ? '' : `${Format.BarFormat(progress, options)} `
        const ready = images === undefined ? `${done}` : `${done}/${images}`
        const left = images === undefined ? '' : `, ${Format.TimeFormat(eta, options, 1)} left`
        return `${drawn}${ready} images, ${mebibytes(bytes)}, ${rate().toFixed(rate() < 10 ? 1 : 0)}/s${left}`
      },
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  const forget = onEnd(() => bar.stop())
  return {
    advance(size) {
      done++
      bytes += size
      bar.update(done)
    },
    hide() {
      if (process.stdout.isTTY) process.stderr.write('\r\u001b[K')
    },
    stop() {
      forget()
      bar.stop()
    },
  }
}
