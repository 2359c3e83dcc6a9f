/** gzip by a browser's compression streams. They pack at one level, which is that of `gzip -6`. */
import type { GzipStream } from '../../repair/machine.ts'

/** Starts a gzip file, whose bytes go to `put` as they come. */
export function gzipByStream(_level: number, put: (bytes: Uint8Array) => void): GzipStream {
  const { readable, writable } = new CompressionStream('gzip')
  const writer = writable.getWriter()
  const read = async () => {
    const reader = readable.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      put(value)
    }
  }
  const ended = read()
  return {
    write: bytes => writer.write(bytes),
    async end() {
      await writer.close()
      await ended
    },
  }
}
