/** GRUB's environment block: a file of 1024 bytes with a line a variable (grub-core/lib/envblk.c). */

const SIGNATURE = '# GRUB Environment Block\n'
const SIZE = 1024
/** Other sizes are read all the same, up to this, in bytes. */
const MOST = 64 * 1024

export interface Environment {
  variables: ReadonlyMap<string, string>
  /** What is odd about it, in a sentence. */
  remark?: string
}

/** Reads an environment block; one without its signature has no variables, as GRUB refuses it. */
export function readEnvironment(text: string): Environment {
  const variables = new Map<string, string>()
  if (!text.startsWith(SIGNATURE))
    return { variables, remark: 'grubenv has no signature: GRUB reads nothing of it' }
  for (const line of text.slice(SIGNATURE.length, MOST).split('\n')) {
    const equals = line.indexOf('=')
    if (line.startsWith('#') || equals <= 0) continue
    variables.set(line.slice(0, equals), line.slice(equals + 1).replace(/\\(.)/g, '$1'))
  }
  if (text.length === SIZE) return { variables }
  return { variables, remark: `grubenv has ${text.length} bytes instead of ${SIZE}: GRUB cannot write it` }
}
