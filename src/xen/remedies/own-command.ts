/** Commands of this tool that carry a remedy out. */

/**
 * `repair` makes the kernel that the targets take; `unpack` takes the ELF out of a bzImage. What is absent is not known,
 * or differs between the kernels of which the remedy is said.
 */
export type OwnCommand =
  | { does: 'repair'; image?: string; targets?: readonly string[] }
  | { does: 'unpack'; image?: string }

/** Changes the kernel so that the targets take it. */
export const REPAIR: OwnCommand = { does: 'repair' }
/** Takes the ELF out of a bzImage. */
export const UNPACK: OwnCommand = { does: 'unpack' }

export interface CommandSubject {
  /** The address of the image; absent where there is none. */
  image?: string | undefined
  /** Targets as `repair --for` takes them: `4.1.6.1`, `4.17.4:pv-dom0`. */
  targets: readonly string[]
}

/** A target of `repair --for`: its mode is named where it is not the one that is meant without. */
export const targetWord = (version: string, mode: string): string =>
  mode === 'pv-domU' ? version : `${version}:${mode}`

/** The command for one image and its targets; targets that it has already are kept. */
export function aimed(command: OwnCommand, { image, targets }: CommandSubject): OwnCommand {
  if (image === undefined) return command
  if (command.does === 'unpack') return { ...command, image }
  const wanted = command.targets ?? targets
  return wanted.length === 0 ? command : { ...command, image, targets: wanted }
}

/** The words of the command line. In place of what is absent there are words in capital letters. */
export function commandWords(command: OwnCommand): string[] {
  const { does, image } = command
  const head = ['xen-preflight', does, image ?? 'IMAGE']
  if (does === 'unpack') return [...head, '-o', 'vmlinux']
  const targets = command.targets?.join(',') ?? 'TARGET'
  return [...head, '--for', targets, '-o', image === undefined ? 'OUT' : repairedName(image)]
}

/** The name of the new file, in the directory in which the command runs. */
const repairedName = (image: string) => `${image.slice(image.lastIndexOf('/') + 1) || 'kernel'}.repaired`
