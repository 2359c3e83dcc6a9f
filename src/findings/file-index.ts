/**
 * Files by the names that configurations have for them: the catalogue may lie anywhere, so the longest common end of two
 * paths counts.
 * @module
 */

/** So many names at the end of a path are compared. */
const MAX_NAMES = 8
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi

export class FileIndex {
  readonly #byEnd = new Map<string, Set<string>>()
  readonly #byStem = new Map<string, Set<string>>()
  readonly #byUuid = new Map<string, Set<string>>()

  constructor(paths: Iterable<string>) {
    for (const path of paths) {
      const names = namesOf(path)
      for (let count = 1; count <= names.length; count++)
        add(this.#byEnd, names.slice(-count).join('/'), path)
      const name = names.at(-1) ?? ''
      add(this.#byStem, stemOf(name), path)
      // Nova keeps the disk of a server as `disk` in a directory with its uuid.
      const named = name === 'disk' ? (names.at(-2) ?? '') : name
      for (const [uuid] of named.matchAll(UUID)) add(this.#byUuid, uuid.toLowerCase(), path)
    }
  }

  /**
   * The files that `name` may mean: a path, a base name, a name without its ending such as that of a logical volume, or a
   * uuid that is part of a file's name. More than one where they fit alike; none where no file fits.
   */
  find(name: string): string[] {
    const names = namesOf(name)
    for (let count = names.length; count > 0; count--) {
      const found = this.#byEnd.get(names.slice(-count).join('/'))
      if (found !== undefined) return [...found]
    }
    const last = names.at(-1) ?? ''
    const found = this.#byStem.get(last) ?? this.#byUuid.get(last.toLowerCase())
    return found === undefined ? [] : [...found]
  }
}

const namesOf = (path: string): string[] =>
  path
    .split(/[/\\]/)
    .filter(name => name !== '' && name !== '.')
    .slice(-MAX_NAMES)

const stemOf = (name: string): string => name.replace(/\.[A-Za-z]\w{0,5}$/, '')

function add(map: Map<string, Set<string>>, key: string, path: string) {
  const known = map.get(key)
  if (known === undefined) map.set(key, new Set([path]))
  else known.add(path)
}
