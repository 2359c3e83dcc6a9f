/** The page in Debian's Firefox, driven by its own protocol (Marionette): lengths, colons and JSON over a socket. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PLACES = ['/usr/bin/firefox-esr', '/usr/bin/firefox']
const places = process.env.FIREFOX === undefined ? PLACES : [process.env.FIREFOX]

export const firefox = places.find(place => existsSync(place))
export const NO_FIREFOX = 'no Firefox on this machine: apt-get install firefox-esr, or name one in FIREFOX'

const COLON = 58
const POLL_MS = 100

type Answer = [resolve: (value: Record<string, unknown>) => void, reject: (error: Error) => void]

export class Firefox {
  readonly #child: ChildProcess
  readonly #profile: string
  readonly #socket: Socket
  readonly #pending = new Map<number, Answer>()
  #received = Buffer.alloc(0)
  #sent = 0

  private constructor(child: ChildProcess, profile: string, socket: Socket) {
    this.#child = child
    this.#profile = profile
    this.#socket = socket
    socket.on('data', bytes => this.#take(bytes as Buffer))
  }

  /** Starts a browser with a profile of its own. */
  static async start(): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'xen-preflight-firefox-'))
    const port = await freePort()
    writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`)
    const child = spawn(firefox!, ['--headless', '--marionette', '--no-remote', '--profile', profile], {
      stdio: 'ignore',
      env: { ...process.env, HOME: profile },
    })
    const started = new Firefox(child, profile, await connection(port))
    await started.#send('WebDriver:NewSession', { capabilities: { alwaysMatch: {} } })
    return started
  }

  async open(url: string): Promise<void> {
    await this.#send('WebDriver:Navigate', { url })
    await this.until('return document.querySelector("[data-ready]") !== null')
  }

  /** Gives files by the input of the page. */
  async choose(...files: string[]): Promise<void> {
    await this.run('document.getElementById("files").hidden = false')
    const { value } = await this.#send('WebDriver:FindElement', { using: 'css selector', value: '#files' })
    const [id] = Object.values(value as Record<string, string>)
    await this.#send('WebDriver:ElementSendKeys', { id, text: files.join('\n') })
    await this.run('document.getElementById("files").hidden = true')
    await this.until('return document.getElementById("status").dataset.state === "done"')
  }

  /** What the body of a function returns in the page. */
  async run(script: string): Promise<unknown> {
    return (await this.#send('WebDriver:ExecuteScript', { script, args: [], sandbox: null })).value
  }

  async until(script: string): Promise<void> {
    while ((await this.run(script)) !== true) await later()
  }

  stop(): void {
    this.#socket.destroy()
    this.#child.once('exit', () => rmSync(this.#profile, { recursive: true, force: true }))
    this.#child.kill()
  }

  #send(name: string, parameters: object): Promise<Record<string, unknown>> {
    const id = ++this.#sent
    const message = JSON.stringify([0, id, name, parameters])
    return new Promise((resolve, reject) => {
      this.#pending.set(id, [resolve, reject])
      this.#socket.write(`${Buffer.byteLength(message)}:${message}`)
    })
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    for (;;) {
      const colon = this.#received.indexOf(COLON)
      const end = colon + 1 + Number(this.#received.subarray(0, Math.max(0, colon)))
      if (colon === -1 || this.#received.length < end) return
      const message: unknown = JSON.parse(this.#received.subarray(colon + 1, end).toString())
      this.#received = this.#received.subarray(end)
      // The first message greets.
      if (!Array.isArray(message)) continue
      const [, id, error, result] = message as [
        1,
        number,
        { message: string } | null,
        Record<string, unknown>,
      ]
      const answer = this.#pending.get(id)
      this.#pending.delete(id)
      if (error === null) answer?.[0](result)
      else answer?.[1](new Error(error.message))
    }
  }
}

const later = () => new Promise(resolve => setTimeout(resolve, POLL_MS))

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** A connection to a browser that is starting. */
async function connection(port: number): Promise<Socket> {
  for (;;) {
    const socket = await new Promise<Socket | undefined>(resolve => {
      const trying = connect(port, '127.0.0.1', () => resolve(trying))
      trying.once('error', () => resolve(undefined))
    })
    if (socket !== undefined) return socket
    await later()
  }
}
