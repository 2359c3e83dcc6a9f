/** How names that are stored as bytes are written. */

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether a name can be one in a directory: what `name` never is (file-tree.ts). */
export const isSelfOrParent = (name: string): boolean => name === '.' || name === '..'

const escaped = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`

/**
 * UTF-8 where the bytes are, else each other byte as `\xNN`. So are `/` and NUL, unless `slashes` says that the
 * bytes are a path. What the bytes hold beside that stays as it is, line ends too.
 */
export function decodeName(bytes: Uint8Array, { slashes = false } = {}): string {
  try {
    const text = UTF8.decode(bytes)
    const sound = text.replaceAll('\0', escaped(0))
    return slashes ? sound : sound.replaceAll('/', escaped(0x2f))
  } catch {
    return decodeMixed(bytes, slashes)
  }
}

function decodeMixed(bytes: Uint8Array, slashes: boolean): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      text += escaped(bytes[at]!)
      at++
    } else {
      text += decodeName(bytes.subarray(at, at + length), { slashes })
      at += length
    }
  }
  return text
}

/** The length of the well-formed UTF-8 sequence at `at`, else 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  if (length < 2) return length
  try {
    UTF8.decode(bytes.subarray(at, at + length))
    return length
  } catch {
    return 0
  }
}
