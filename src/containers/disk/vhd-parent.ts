/** The names that a differencing VHD has for its parent ("Parent Locator Entry"). */
import { decodeName } from '../file-name.ts'
import type { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'

const LOCATORS_AT = 576
const LOCATOR_LENGTH = 24
const LOCATORS = 8
const NAME_AT = 64
const NAME_LENGTH = 512
const MAX_LOCATOR = 4096
/** Platform codes: a path relative to the disk in UTF-16 (`W2ru`), a file: URL in UTF-8 (`MacX`), an absolute path (`W2ku`). */
const RELATIVE = 0x57327275
const URL_CODE = 0x4d616358
const ABSOLUTE = 0x57326b75

export interface ParentName {
  name: string
  /** Where the disk says it. */
  offset: number
}

/** The names, those first that lead to the parent wherever the disks were copied to. Throws a ContainerError. */
export function* parentNames(metadata: Metadata, header: Structure): Generator<ParentName> {
  const locators = Array.from({ length: LOCATORS }, (_, index) =>
    header.part(LOCATORS_AT + index * LOCATOR_LENGTH, LOCATOR_LENGTH),
  )
  for (const code of [RELATIVE, URL_CODE, ABSOLUTE]) {
    for (const locator of locators) {
      if (locator.u32(0) !== code) continue
      const [length, offset] = [locator.u32(8), locator.u64(16)]
      if (length > MAX_LOCATOR) {
        throw locator.corrupt('parent locator', `its name has ${length} bytes, limit is ${MAX_LOCATOR}`, 8)
      }
      const { bytes } = metadata.read('parent locator', offset, length)
      const text =
        code === URL_CODE ? pathOfUrl(decodeName(bytes, { slashes: true })) : utf16(bytes, 'utf-16le')
      if (text !== '') yield { name: asPath(text), offset }
    }
  }
  const text = utf16(header.slice(NAME_AT, NAME_LENGTH), 'utf-16be')
  if (text !== '') yield { name: asPath(text), offset: header.place.offset + NAME_AT }
}

const utf16 = (bytes: Uint8Array, encoding: string) => new TextDecoder(encoding).decode(bytes).split('\0')[0]!

/** XenServer writes `file://./parent.vhd`, which is a relative path. What is no file: URL stays as it is. */
function pathOfUrl(url: string): string {
  const path = url.split('\\x00')[0]!
  return path.startsWith('file://') ? path.slice('file://'.length) : path
}

const asPath = (name: string) => name.replaceAll('\\', '/')
