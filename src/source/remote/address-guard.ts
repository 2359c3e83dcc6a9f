/**
 * Which hosts are read from. The metadata services of clouds give credentials to whoever asks them from inside: never.
 * With `noPrivate` nothing inside the operator's own network either. A name is checked by the addresses that it has,
 * and on Node the very address that was checked is connected to.
 */
import { type LookupAddress, lookup as lookupName } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { SourceError } from '../source.ts'
import { remoteError } from './remote-error.ts'

/** AWS, Azure, Google, OpenStack and others; AWS over IPv6; ECS tasks; Alibaba; Oracle. */
const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]
const METADATA_NAMES = new Set(['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data'])

/** RFC 6890's registry of special-purpose addresses. */
const PRIVATE: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4')

function listOf(networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, familyOf(network))
  return list
}

const metadata = listOf(METADATA.map(address => [address, isIPv6(address) ? 128 : 32]))
const internal = listOf(PRIVATE)

/** The IPv4 address in one of IPv6: mapped (RFC 4291), translated (RFC 6052), or of 6to4 (RFC 3056). */
function embedded(address: string): string | undefined {
  if (!isIPv6(address)) return undefined
  const words = wordsOf(address)
  const isMapped = words.slice(0, 5).every(word => word === 0) && (words[5] === 0xffff || words[5] === 0)
  const isTranslated = words[0] === 0x64 && words[1] === 0xff9b
  const at = isMapped || isTranslated ? 6 : words[0] === 0x2002 ? 1 : undefined
  if (at === undefined) return undefined
  const [high, low] = [words[at]!, words[at + 1]!]
  return high === 0 && low <= 1 ? undefined : `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** The eight words of an address of IPv6. */
function wordsOf(address: string): number[] {
  const plain = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number)
    return `${((a! << 8) | b!).toString(16)}:${((c! << 8) | d!).toString(16)}`
  })
  const [left = '', right] = plain.split('::')
  const parse = (text: string) => (text === '' ? [] : text.split(':').map(word => Number.parseInt(word, 16)))
  const [head, tail] = [parse(left), right === undefined ? [] : parse(right)]
  return [...head, ...Array(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail]
}

/** Why nothing is read from an address; undefined where it may be. */
export function forbidden(address: string, noPrivate: boolean): string | undefined {
  const addresses = [address.replace(/%.*$/, ''), embedded(address)].filter(text => text !== undefined)
  if (addresses.some(text => metadata.check(text, familyOf(text)))) {
    return `${address} is a metadata service, which is never read`
  }
  if (!noPrivate) return undefined
  return addresses.some(text => internal.check(text, familyOf(text)))
    ? `${address} is a loopback, private or reserved address, and --no-private is set`
    : undefined
}

const refusal = (host: string, why: string): SourceError =>
  remoteError('remote-forbidden', `Cannot read from ${host}: ${why}`)

/** Throws a SourceError where a host, as a URL has it, is named or numbered as one that is not read from. */
export function checkHost(host: string, noPrivate: boolean): void {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (METADATA_NAMES.has(name.replace(/\.$/, '')))
    throw refusal(host, 'it is a metadata service, which is never read')
  if (isIP(name) === 0) {
    if (noPrivate && /(?:^|\.)localhost\.?$/.test(name))
      throw refusal(host, 'it is this machine, and --no-private is set')
    return
  }
  const why = forbidden(name, noPrivate)
  if (why !== undefined) throw refusal(host, why)
}

type Lookup = (
  host: string,
  options: object,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void

/** Looks a name up for node:http and node:net; its error is a SourceError where one of its addresses is not read from. */
export const guardedLookup =
  (noPrivate: boolean): Lookup =>
  (host, options, callback) => {
    const { all } = options as { all?: boolean }
    lookupName(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      for (const { address } of addresses) {
        const why = forbidden(address, noPrivate)
        if (why !== undefined) return callback(refusal(host, why), [])
      }
      const [first] = addresses
      if (all) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family ?? 4)
    })
  }

const isDeno = 'Deno' in globalThis

/**
 * The lookup to connect with. Deno checks its permissions by name, and would ask for those of the address: there the
 * name is looked up beforehand, by `checkName`.
 */
export const lookupOption = (noPrivate: boolean): { lookup?: Lookup } =>
  isDeno ? {} : { lookup: guardedLookup(noPrivate) }

/** On Deno throws a SourceError where a name leads to what is not read from; what it leads to may change afterwards. */
export async function checkName(host: string, noPrivate: boolean): Promise<void> {
  if (!isDeno || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return
  const error = await new Promise<Error | null>(resolve =>
    guardedLookup(noPrivate)(host, {}, error => resolve(error)),
  )
  if (error === null) return
  if (error.name === 'SourceError') throw error
  // Without a permission for all ports of the host its addresses cannot be seen; a host that is not there shows soon.
  if (noPrivate && (error as NodeJS.ErrnoException).code === 'EPERM') {
    throw refusal(host, `--no-private needs the permission --allow-net=${host}, to see its addresses`)
  }
}
