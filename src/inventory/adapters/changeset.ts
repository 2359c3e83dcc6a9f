/** The changeset at the end of Xen's line about it (`Mon Jan 26 17:53:45 2026 +0000 git:6491616ddd`). */
export function changesetOf(text: string | undefined): string | undefined {
  const line = text?.trim()
  if (line === undefined || line === '' || line === 'unavailable') return undefined
  return /[a-z]+:\S+$/.exec(line)?.[0] ?? line
}
