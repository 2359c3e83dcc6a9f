/** A version of its parts: 4, 1 and .6.1 are 4.1.6.1. A guest may not be shown the last one. */
export function composedVersion(
  get: (part: 'major' | 'minor' | 'extra') => string | undefined,
): string | undefined {
  const major = get('major')
  const minor = get('minor')
  const extra = get('extra') ?? ''
  if (!major || !minor) return undefined
  return `${major}.${minor}${extra === '<denied>' ? '' : extra}`
}
