/**
 * What is known of a part of a scan beside its facts: which of how many parts it is, and of which list of images. It
 * lies in a file beside the facts, whose lines stay records.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isRecord } from '../document/tree.ts'

export interface Part {
  /** As in `2/4`. */
  shard: string
  /** `sha256:` and the digest of the addresses of all images, those of other parts too. */
  list: string
}

/** The file beside a facts file. */
export const partPlace = (facts: string): string => `${facts}.part`

/** Notes beside a facts file what part it is. Where facts go to no file there is no place for it. */
export function writePart(facts: string, part: Part): void {
  if (statSync(facts, { throwIfNoEntry: false })?.isFile() !== true) return
  writeFileSync(partPlace(facts), `${JSON.stringify(part)}\n`)
}

/** Removes what an earlier scan has noted. */
export const forgetPart = (facts: string): void => rmSync(partPlace(facts), { force: true })

/** What is noted beside a facts file; nothing where it is no part, or its scan was not brought to its end. */
export function readPart(facts: string): Part | undefined {
  try {
    const part: unknown = JSON.parse(readFileSync(partPlace(facts), 'utf8'))
    if (!isRecord(part) || typeof part.shard !== 'string' || typeof part.list !== 'string') return undefined
    return { shard: part.shard, list: part.list }
  } catch {
    return undefined
  }
}

/** What is wrong with parts that are to be merged, a sentence each: parts that are missing, and parts of other lists. */
export function partFaults(files: readonly string[]): string[] {
  const noted = files.flatMap(file => {
    const part = readPart(file)
    return part === undefined ? [] : [{ file, ...part }]
  })
  const [first] = noted
  if (first === undefined) return []
  const count = Number(first.shard.split('/')[1])
  const faults: string[] = []
  for (const { file, shard, list } of noted) {
    if (Number(shard.split('/')[1]) !== count) {
      faults.push(
        `${file} is part ${shard}, ${first.file} is part ${first.shard}: they are of different scans`,
      )
    } else if (list !== first.list) {
      faults.push(`${file} and ${first.file} are parts of different lists of images`)
    }
  }
  const there = new Set(noted.map(({ shard }) => shard))
  const missing = Array.from({ length: count }, (_, index) => `${index + 1}/${count}`).filter(
    name => !there.has(name),
  )
  if (missing.length > 0) {
    const more = missing.length > 10 ? ` and ${missing.length - 10} more` : ''
    const which = missing.length === 1 ? 'part' : 'parts'
    faults.push(
      `${which} ${missing.slice(0, 10).join(', ')}${more} ${missing.length === 1 ? 'is' : 'are'} missing, or not whole`,
    )
  }
  return faults
}
