/** Makes tars in memory: ustar, one header a member. */

export interface TarMember {
  path: string
  bytes?: Uint8Array
  /** The target of a symbolic link. */
  link?: string
  /** The path that a hard link leads to. */
  hardLink?: string
}

const text = (value: string) => new TextEncoder().encode(value)

function header({ path, bytes = new Uint8Array(), link, hardLink }: TarMember): Uint8Array {
  const block = new Uint8Array(512)
  block.set(text(path), 0)
  block.set(text(`${bytes.length.toString(8).padStart(11, '0')}\0${'\0'.repeat(12)}        0`), 124)
  if (link !== undefined) block[156] = 0x32
  else if (hardLink !== undefined) block[156] = 0x31
  block.set(text(link ?? hardLink ?? ''), 157)
  block.set(text('ustar\x0000'), 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
  return block
}

/** Members of an archive, without its end. */
export function tarMembers(members: readonly TarMember[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      members.flatMap(member => {
        const bytes = member.bytes ?? new Uint8Array()
        return [header(member), bytes, new Uint8Array((512 - (bytes.length % 512)) % 512)]
      }),
    ),
  )
}

/** A whole archive. */
export const tarOf = (members: readonly TarMember[]): Uint8Array =>
  new Uint8Array(Buffer.concat([tarMembers(members), new Uint8Array(1024)]))
