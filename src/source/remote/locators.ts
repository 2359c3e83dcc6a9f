/**
 * What opens the references that were given, by the addresses under which they are shown. A locator may hold a password or
 * a signature: it is kept in memory, goes to the threads that read, and is written nowhere.
 */
import { isReference, publicReference } from './reference.ts'

const locators = new Map<string, string>()
/** What leads on into a container. */
const MARK = '!/'

/** 12 hexadecimal digits that tell texts apart. */
export const shortDigest = (text: string): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex').slice(0, 12)

/** An address, or a path, as it may be shown: for a reference with secrets in it another one that locatorOf knows. */
export function hideSecrets(text: string): string {
  if (!isReference(text)) return text
  const at = text.indexOf(MARK)
  const locator = at === -1 ? text : text.slice(0, at)
  const address = publicReference(locator, shortDigest)
  if (address === locator) return text
  locators.set(address, locator)
  return at === -1 ? address : address + text.slice(at)
}

/** What opens an address. */
export const locatorOf = (address: string): string => locators.get(address) ?? address

/** Whether an address was given with secrets that it does not show. */
export const hasSecrets = (address: string): boolean => locators.has(address)

/** A word of a command line with what hideSecrets makes of the reference in it: alone, or as the value of an option. */
export function hideInWord(word: string): string {
  const [, option = '', value = word] = /^(--[\w-]+=)(.*)$/s.exec(word) ?? []
  return option + hideSecrets(value)
}
