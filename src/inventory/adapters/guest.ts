import type { HostEntry, HostSource } from '../host.ts'

/** The host below a guest, of which only the guest's name is known. */
export function belowGuest(
  guest: string,
  seen: string,
  source: Omit<HostSource, 'how' | 'guess'>,
): Pick<HostEntry, 'name' | 'source'> {
  return {
    name: `host-of-${guest}`,
    source: { ...source, how: `what guest ${guest} sees in ${seen}`, guess: true },
  }
}
