/**
 * Versions of packages, in the order in which dpkg and rpm put them.
 * @module
 */

/** Packages from one version on, up to the first that is not among them any more. */
export interface PackageRange {
  since: string
  /** The first package after the range; absent where they have no end. */
  before?: string
}

/** Order of what is no digit: `~` before the end of the text, the end before letters, letters before all else. */
function weight(char: string | undefined): number {
  if (char === '~') return -1
  if (char === undefined || /\d/.test(char)) return 0
  return /[a-z]/i.test(char) ? char.codePointAt(0)! : char.codePointAt(0)! + 256
}

/**
 * Compares as dpkg does (deb-version(7)): runs of other characters and numbers take turns. A fourth number or a commit
 * count such as `+23` counts as a number after the third.
 */
export function comparePackageVersions(a: string, b: string): number {
  let left = 0
  let right = 0
  while (left < a.length || right < b.length) {
    while ((left < a.length && !isDigit(a[left]!)) || (right < b.length && !isDigit(b[right]!))) {
      const difference = weight(a[left]) - weight(b[right])
      if (difference !== 0) return Math.sign(difference)
      left++
      right++
    }
    const [first, second] = [numberAt(a, left), numberAt(b, right)]
    const difference = Number(first || 0) - Number(second || 0)
    if (difference !== 0) return Math.sign(difference)
    left += first.length
    right += second.length
  }
  return 0
}

const isDigit = (char: string) => char >= '0' && char <= '9'

function numberAt(text: string, start: number): string {
  let end = start
  while (end < text.length && isDigit(text[end]!)) end++
  return text.slice(start, end)
}

/** Whether the packages of `inner` are all among those of `outer`, or some of them, or none. */
export function overlap(inner: PackageRange, outer: PackageRange): 'all' | 'some' | 'none' {
  const startsIn = comparePackageVersions(inner.since, outer.since) >= 0
  const startsBeforeEnd = outer.before === undefined || comparePackageVersions(inner.since, outer.before) < 0
  const isOne = inner.before === inner.since
  if (isOne) return startsIn && startsBeforeEnd ? 'all' : 'none'
  const reaches = inner.before === undefined || comparePackageVersions(inner.before, outer.since) > 0
  if (!startsBeforeEnd || !reaches) return 'none'
  const endsIn =
    outer.before === undefined ||
    (inner.before !== undefined && comparePackageVersions(inner.before, outer.before) <= 0)
  return startsIn && endsIn ? 'all' : 'some'
}

/** The one package of this version. */
export const onePackage = (version: string): PackageRange => ({ since: version, before: version })
