/** What an operator may say about reading from servers. */
export interface RemoteOptions {
  /** Read nothing from loopback, private and link-local addresses. */
  noPrivate: boolean
  /** Seconds without a byte after which an attempt has failed. */
  timeout: number
  /** Further attempts after one that failed and may be repeated. */
  retries: number
  /** Requests at once that a thread makes. */
  requests: number
  /** Bytes that opening an object brings, in place of a block: who asks for its version alone wants few. */
  head?: number
}

export const DEFAULT_REMOTE: RemoteOptions = { noPrivate: false, timeout: 30, retries: 4, requests: 4 }
