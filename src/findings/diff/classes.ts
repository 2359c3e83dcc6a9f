/**
 * Names that are grouped in one way in one report and in another way in the next: those that are together in both are
 * one class, which is compared as a whole.
 * @module
 */

/** Names of one group of the old report and one of the new. */
export interface NameClass {
  /** The groups by index; `ABSENT` where a report does not have the names. */
  old: number
  new: number
  names: string[]
  /** Where each name is in its group. */
  oldPlaces: number[]
  newPlaces: number[]
}

export const ABSENT = -1

export interface Classes {
  all: NameClass[]
  /** The indexes of the classes that a group is made of. */
  ofOld: number[][]
  ofNew: number[][]
}

/** @param key Of a name in a group: what is the same name in both reports. A group may have a name twice. */
export function classesOf(
  old: readonly (readonly string[])[],
  now: readonly (readonly string[])[],
  oldKey: (name: string, group: number) => string,
  newKey: (name: string, group: number) => string,
): Classes {
  const places = placesOf(old, oldKey)
  const all: NameClass[] = []
  const known = new Map<number, number>()
  const ofOld: number[][] = old.map(() => [])
  const ofNew: number[][] = now.map(() => [])
  const add = (name: string, oldGroup: number, oldPlace: number, newGroup: number, newPlace: number) => {
    const key = (oldGroup + 1) * (now.length + 1) + newGroup + 1
    let index = known.get(key)
    if (index === undefined) {
      index = all.length
      known.set(key, index)
      all.push({ old: oldGroup, new: newGroup, names: [], oldPlaces: [], newPlaces: [] })
      if (oldGroup !== ABSENT) ofOld[oldGroup]!.push(index)
      if (newGroup !== ABSENT) ofNew[newGroup]!.push(index)
    }
    const { names, oldPlaces, newPlaces } = all[index]!
    names.push(name)
    oldPlaces.push(oldPlace)
    newPlaces.push(newPlace)
  }
  for (const [key, { name, group: newGroup, place: newPlace }] of placesOf(now, newKey)) {
    const was = places.get(key)
    places.delete(key)
    add(name, was?.group ?? ABSENT, was?.place ?? ABSENT, newGroup, newPlace)
  }
  for (const { name, group, place } of places.values()) add(name, group, place, ABSENT, ABSENT)
  return { all, ofOld, ofNew }
}

interface NamePlace {
  name: string
  group: number
  place: number
}

/** Where each name is. One that several groups have, as a path that was given twice, is told apart by their order. */
function placesOf(
  groups: readonly (readonly string[])[],
  keyOf: (name: string, group: number) => string,
): Map<string, NamePlace> {
  const places = new Map<string, NamePlace>()
  for (const [group, names] of groups.entries()) {
    for (const [place, name] of names.entries()) {
      const key = keyOf(name, group)
      let own = key
      for (let count = 2; places.has(own); count++) own = `${key}\0${count}`
      places.set(own, { name, group, place })
    }
  }
  return places
}
