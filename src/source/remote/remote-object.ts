/** An object on a server, as the thread that talks to servers has it. */
export interface RemoteObject {
  /** In bytes. */
  readonly size: number
  /** What tells this version of it from every other: an ETag, a digest. Empty where the server has no such thing. */
  readonly version: string
  /** It comes as one stream: reading ahead of what is asked for saves nothing. */
  readonly isStream: boolean
  /** The first bytes, where opening it brought them. */
  readonly head: Uint8Array
  /**
   * The bytes from `start` up to `end`, which is not beyond the size. Throws a SourceError: `changed` where the object
   * is another one now.
   */
  read(start: number, end: number): Promise<Uint8Array>
  /** Opens what lies beside it, or what it names. Absent where nothing does. */
  beside?(name: string): Promise<RemoteObject>
  close(): void
}

/** An object that a reference leads to, and what it is called. */
export interface Listed {
  /** What opens it. It may hold secrets, and is never shown. */
  locator: string
  size?: number
  version?: string
  /** It was met in a list, and not named. */
  isListed?: true
}
