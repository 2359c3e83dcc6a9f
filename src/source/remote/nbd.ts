/**
 * `nbd://host[:port]/export`: exports of qemu-nbd, rbd-nbd, nbdkit, and of Xen pools (VDI.get_nbd_info). Nothing but
 * READ is sent.
 * Source: the NBD protocol (NetworkBlockDevice/nbd, doc/proto.md): "Newstyle negotiation", "Transmission phase".
 */
import { connect, type Socket } from 'node:net'
import { checkHost, checkName, lookupOption } from './address-guard.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError, RetryableError } from './remote-error.ts'
import type { RemoteObject } from './remote-object.ts'
import { withRetries } from './retry.ts'
import { parseUrl, unescaped } from './web.ts'

const PORT = 10809
const NBDMAGIC = 0x4e42444d41474943n
const IHAVEOPT = 0x49484156454f5054n
const REPLY_MAGIC = 0x3e889045565a9n
const NBD_REQUEST_MAGIC = 0x25609513
const NBD_SIMPLE_REPLY_MAGIC = 0x67446698
const NBD_FLAG_FIXED_NEWSTYLE = 1
const NBD_FLAG_NO_ZEROES = 2
const NBD_OPT_EXPORT_NAME = 1
const NBD_OPT_GO = 7
const NBD_REP_ACK = 1
const NBD_REP_INFO = 3
const NBD_REP_ERR_UNSUP = 2 ** 31 + 1
const NBD_REP_ERR_POLICY = 2 ** 31 + 2
const NBD_REP_ERR_TLS_REQD = 2 ** 31 + 5
const NBD_REP_ERR_UNKNOWN = 2 ** 31 + 6
const NBD_INFO_EXPORT = 0
const NBD_CMD_READ = 0
const NBD_CMD_DISC = 2
/** No reply to an option is longer: a name has 4096 bytes at most. */
const MAX_REPLY = 64 * 1024

export async function openNbd(reference: string, options: RemoteOptions): Promise<RemoteObject> {
  const { hostname, port, pathname } = parseUrl(reference)
  const place: Place = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? PORT : Number(port),
    name: unescaped(pathname.replace(/^\//, '')),
  }
  if (place.host === '') {
    throw remoteError('remote-reference', 'Cannot open the reference: expected nbd://host[:port]/export')
  }
  const open = () => withRetries(`open ${place.host}`, options.retries, () => Connection.open(place, options))
  const connection = await open()
  return new NbdObject(connection, open, options)
}

interface Place {
  host: string
  port: number
  name: string
}

class NbdObject implements RemoteObject {
  readonly size: number
  /** The protocol has nothing that tells one state of a disk from another. */
  readonly version = ''
  readonly isStream = false
  readonly head = new Uint8Array(0)
  #connection: Connection
  readonly #open: () => Promise<Connection>
  readonly #retries: number

  constructor(connection: Connection, open: () => Promise<Connection>, { retries }: RemoteOptions) {
    this.#connection = connection
    this.#open = open
    this.#retries = retries
    this.size = connection.size
  }

  read(start: number, end: number): Promise<Uint8Array> {
    const { host } = this.#connection.place
    return withRetries(`read from ${host} at ${start}`, this.#retries, async () => {
      if (this.#connection.isBroken) {
        this.#connection = await this.#open()
        if (this.#connection.size !== this.size) {
          const message = `Cannot rely on what was read: the export of ${host} has another size now`
          throw remoteError('changed', message)
        }
      }
      return await this.#connection.read(start, end - start)
    })
  }

  close(): void {
    this.#connection.close()
  }
}

/** A connection to an export, after its handshake. Reads wait in line. */
class Connection {
  readonly place: Place
  readonly #bytes: SocketBytes
  size = 0
  isBroken = false
  #handle = 0n
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(place: Place, bytes: SocketBytes) {
    this.place = place
    this.#bytes = bytes
  }

  static async open(place: Place, options: RemoteOptions): Promise<Connection> {
    checkHost(place.host, options.noPrivate)
    await checkName(place.host, options.noPrivate)
    const socket = connect({
      host: place.host,
      port: place.port,
      ...lookupOption(options.noPrivate),
    } as never)
    const bytes = new SocketBytes(socket, place.host, options.timeout * 1000)
    const connection = new Connection(place, bytes)
    try {
      await connection.#greet()
      return connection
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  async #greet(): Promise<void> {
    const greeting = await this.#bytes.take(18)
    if (greeting.getBigUint64(0) !== NBDMAGIC) throw this.#invalid('it does not speak NBD')
    if (greeting.getBigUint64(8) !== IHAVEOPT) throw this.#invalid('it speaks the oldstyle of NBD')
    const flags = greeting.getUint16(16)
    const answer = new DataView(new ArrayBuffer(4))
    answer.setUint32(0, flags & (NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES))
    this.#bytes.put(answer)
    const isFixed = (flags & NBD_FLAG_FIXED_NEWSTYLE) !== 0
    if (!isFixed || !(await this.#go())) await this.#exportName((flags & NBD_FLAG_NO_ZEROES) !== 0)
    if (!Number.isSafeInteger(this.size)) throw this.#invalid('the export is too large')
  }

  #sendOption(option: number, data: Uint8Array): void {
    const header = new DataView(new ArrayBuffer(16))
    header.setBigUint64(0, IHAVEOPT)
    header.setUint32(8, option)
    header.setUint32(12, data.length)
    this.#bytes.put(header)
    this.#bytes.put(data)
  }

  /** NBD_OPT_GO; false where the server does not know it. */
  async #go(): Promise<boolean> {
    const name = new TextEncoder().encode(this.place.name)
    const data = new Uint8Array(4 + name.length + 2)
    new DataView(data.buffer).setUint32(0, name.length)
    data.set(name, 4)
    this.#sendOption(NBD_OPT_GO, data)
    for (;;) {
      const header = await this.#bytes.take(20)
      if (header.getBigUint64(0) !== REPLY_MAGIC) throw this.#invalid('its reply has another magic number')
      const type = header.getUint32(12)
      const length = header.getUint32(16)
      if (length > MAX_REPLY) throw this.#invalid(`its reply has ${length} bytes, limit is ${MAX_REPLY}`)
      const reply = await this.#bytes.take(length)
      if (type === NBD_REP_ACK) return true
      if (type === NBD_REP_ERR_UNSUP) return false
      if (type === NBD_REP_INFO && length >= 12 && reply.getUint16(0) === NBD_INFO_EXPORT) {
        this.size = Number(reply.getBigUint64(2))
      }
      if (type >= 2 ** 31) throw this.#refused(type)
    }
  }

  #refused(type: number): Error {
    const { host } = this.place
    if (type === NBD_REP_ERR_UNKNOWN) {
      return remoteError('vanished', `Cannot open the export: ${host} has none of that name`)
    }
    if (type === NBD_REP_ERR_TLS_REQD) {
      return remoteError(
        'remote-denied',
        `Cannot open the export: ${host} wants TLS, which is not spoken here`,
      )
    }
    if (type === NBD_REP_ERR_POLICY) {
      return remoteError('remote-denied', `Cannot open the export: ${host} does not allow it`)
    }
    return this.#invalid(`it refuses the export with error ${type - 2 ** 31}`)
  }

  async #exportName(noZeroes: boolean): Promise<void> {
    this.#sendOption(NBD_OPT_EXPORT_NAME, new TextEncoder().encode(this.place.name))
    const reply = await this.#bytes.take(noZeroes ? 10 : 134)
    this.size = Number(reply.getBigUint64(0))
  }

  #invalid(why: string): Error {
    return remoteError('remote-invalid', `Cannot read from ${this.place.host}: ${why}`)
  }

  read(start: number, length: number): Promise<Uint8Array> {
    const reading = this.#turn.then(() => this.#readNow(start, length))
    this.#turn = reading.catch(() => {})
    return reading
  }

  async #readNow(start: number, length: number): Promise<Uint8Array> {
    try {
      const handle = ++this.#handle
      const request = new DataView(new ArrayBuffer(28))
      request.setUint32(0, NBD_REQUEST_MAGIC)
      request.setUint16(6, NBD_CMD_READ)
      request.setBigUint64(8, handle)
      request.setBigUint64(16, BigInt(start))
      request.setUint32(24, length)
      this.#bytes.put(request)
      const reply = await this.#bytes.take(16)
      if (reply.getUint32(0) !== NBD_SIMPLE_REPLY_MAGIC || reply.getBigUint64(8) !== handle) {
        throw this.#invalid('its reply is to something else')
      }
      const error = reply.getUint32(4)
      if (error !== 0) throw this.#invalid(`it answers error ${error} at ${start}`)
      const { buffer, byteOffset } = await this.#bytes.take(length)
      return new Uint8Array(buffer as ArrayBuffer, byteOffset, length)
    } catch (error) {
      this.isBroken = true
      this.#bytes.end()
      throw error
    }
  }

  close(): void {
    if (!this.isBroken) {
      const request = new DataView(new ArrayBuffer(28))
      request.setUint32(0, NBD_REQUEST_MAGIC)
      request.setUint16(6, NBD_CMD_DISC)
      this.#bytes.put(request)
    }
    this.#bytes.end()
  }
}

/** The bytes of a socket, taken as many as are wanted. */
class SocketBytes {
  readonly #socket: Socket
  readonly #host: string
  readonly #timeout: number
  #chunks: Buffer[] = []
  #length = 0
  #failure: Error | undefined
  #wake = () => {}

  constructor(socket: Socket, host: string, timeout: number) {
    this.#socket = socket
    this.#host = host
    this.#timeout = timeout
    socket.on('data', chunk => {
      this.#chunks.push(chunk)
      this.#length += chunk.length
      this.#wake()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isRefusal = error.name === 'SourceError'
      this.#failure ??= isRefusal
        ? error
        : new RetryableError(`${host}: the connection failed (${error.code ?? error.name})`)
      this.#wake()
    })
    socket.on('close', () => {
      this.#failure ??= new RetryableError(`${host} has closed the connection`)
      this.#wake()
    })
  }

  put(data: Uint8Array | DataView): void {
    this.#socket.write(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
  }

  async take(length: number): Promise<DataView> {
    while (this.#length < length) {
      if (this.#failure !== undefined) throw this.#failure
      await this.#more()
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    const rest = all.subarray(length)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#length = rest.length
    return new DataView(all.buffer, all.byteOffset, length)
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.end()
        reject(new RetryableError(`${this.#host} has sent nothing for ${this.#timeout / 1000} s`))
      }, this.#timeout)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  end(): void {
    this.#socket.destroySoon()
  }
}
