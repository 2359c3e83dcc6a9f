/** Names that match globs, in which `*` stands for any characters and `?` for one. */

export type NameMatcher = (name: string) => boolean

/** Globs are few, and names many: each glob is split once. At most this many matchers are kept. */
const KEPT = 10_000
const matchers = new Map<string, NameMatcher>()

export const matchesName = (glob: string, name: string): boolean => nameMatcher(glob)(name)

/** What tells whether names match a glob, for many of them. */
export function nameMatcher(glob: string): NameMatcher {
  let matcher = matchers.get(glob)
  if (matcher === undefined) {
    if (matchers.size === KEPT) matchers.clear()
    matcher = makeMatcher(glob)
    matchers.set(glob, matcher)
  }
  return matcher
}

function makeMatcher(glob: string): NameMatcher {
  if (!isGlob(glob)) return name => name === glob
  if (glob.includes('?')) return name => matchesByCharacter(glob, name)
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop() ?? ''
  const between = rest.filter(text => text !== '')
  const [middle] = between
  // Globs of a million images mostly have one literal text.
  if (first === '' && between.length === 0) return endMatcher(last)
  if (first === '' && last === '' && middle !== undefined && between.length === 1)
    return name => name.includes(middle)
  return name => {
    const end = name.length - last.length
    if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false
    let at = first.length
    for (const text of between) {
      const found = name.indexOf(text, at)
      if (found === -1) return false
      at = found + text.length
    }
    return at <= end
  }
}

/** V8 inlines the comparison of one character, and few names go on after it. */
function endMatcher(end: string): NameMatcher {
  if (end === '') return () => true
  const last = end.charCodeAt(end.length - 1)
  return name => name.charCodeAt(name.length - 1) === last && name.endsWith(end)
}

/** Goes back to the last star only, which keeps `*a?*a?*a?*` from taking exponential time. */
function matchesByCharacter(glob: string, name: string): boolean {
  let g = 0
  let n = 0
  let star = -1
  let mark = 0
  while (n < name.length) {
    if (glob[g] === '*') {
      star = g++
      mark = n
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) {
      g++
      n++
    } else if (star !== -1) {
      g = star + 1
      n = ++mark
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}

export function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}
