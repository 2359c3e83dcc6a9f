/**
 * Whether a name matches a glob in which `*` stands for any characters and `?` for one. It goes back to the
 * last star only, which keeps `*a*a*a*` from taking exponential time.
 */
export function matchesName(glob: string, name: string): boolean {
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
