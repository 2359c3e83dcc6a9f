/** The candidate that `word` was probably meant to be: at most a third of its letters are wrong, case aside. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = editDistance(lower, candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** The candidate that takes the fewest edits to come to. Throws a RangeError where there is none. */
export function nearestOf<Word extends string>(word: string, candidates: readonly Word[]): Word {
  const [first, ...rest] = candidates
  if (first === undefined) throw new RangeError('Cannot name the nearest word: there are none')
  let [best, least] = [first, editDistance(word, first)]
  for (const candidate of rest) {
    const distance = editDistance(word, candidate)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Insertions, deletions and replacements from `a` to `b` (Levenshtein 1966, by rows). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
