/**
 * Remedies that this tool carries out itself. In a remedy that is said of many kernels the command has words in capital letters
 * for what differs; where it is known, it is put there.
 * @module
 */
import { shellWord } from '../../document/shell-word.ts'

const REPAIR_WORDS = 'IMAGE --for TARGET -o OUT'
const UNPACK_WORDS = 'IMAGE -o vmlinux'

/** Changes the kernel so that the target takes it. */
export const REPAIR_COMMAND = `xen-preflight repair ${REPAIR_WORDS}`
/** Takes the ELF out of a bzImage. */
export const UNPACK_COMMAND = `xen-preflight unpack ${UNPACK_WORDS}`

export interface CommandSubject {
  /** The address of the image. */
  image: string
  /** Targets as `repair --for` takes them: `4.1.6.1`, `4.17.4:pv-dom0`. */
  targets: readonly string[]
}

/** A target of `repair --for`: its mode is named where it is not the one that is meant without. */
export const targetWord = (version: string, mode: string): string =>
  mode === 'pv-domU' ? version : `${version}:${mode}`

/** The sentence of a remedy with image, targets and a name for the new file in its command. */
export function fillCommand(text: string, { image, targets }: CommandSubject): string {
  const word = shellWord(image)
  const name = image.slice(image.lastIndexOf('/') + 1) || 'kernel'
  const repair = `${word} --for ${targets.map(shellWord).join(',')} -o ${shellWord(`${name}.repaired`)}`
  return text
    .replace(`repair ${REPAIR_WORDS}`, () =>
      targets.length === 0 ? `repair ${REPAIR_WORDS}` : `repair ${repair}`,
    )
    .replace(`unpack ${UNPACK_WORDS}`, () => `unpack ${word} -o vmlinux`)
}

/** The sentence of a remedy without its command, where that is one of this tool. */
export const withoutOwnCommand = (text: string): string =>
  text.replace(`: ${REPAIR_COMMAND}`, '').replace(`: ${UNPACK_COMMAND}`, '')
