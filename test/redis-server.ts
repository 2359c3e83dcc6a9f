/** A redis-server of its own for a test: started, killed and started again on one port, with its data in a folder. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const HAS_REDIS = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).error === undefined
const TRIES = 200
const PAUSE_MS = 25

export const freePort = () =>
  new Promise<number>(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

export interface RedisOptions {
  /** Further words for redis-server. */
  args?: readonly string[]
  /** Where its certificate, its key and that of its authority lie, as `certify` makes them: it speaks TLS alone then. */
  tls?: string
}

export class RedisServer {
  readonly directory: string
  readonly port: number
  #child: ChildProcess | undefined
  #client: readonly string[] = []

  private constructor(directory: string, port: number) {
    this.directory = directory
    this.port = port
  }

  /** Keeps its data in `directory`, through `stop` and `start`. */
  static async start(directory: string, options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(directory, await freePort())
    await server.start(options)
    return server
  }

  async start({ args = [], tls }: RedisOptions = {}): Promise<void> {
    const { port, directory } = this
    const file = (name: string) => join(tls!, name)
    const listen =
      tls === undefined
        ? ['--port', `${port}`]
        : [
            ...['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no'],
            ...['--tls-cert-file', file('server.crt'), '--tls-key-file', file('server.key')],
            ...['--tls-ca-cert-file', file('ca.crt')],
          ]
    this.#client = ['-p', `${port}`, ...(tls === undefined ? [] : ['--tls', '--cacert', file('ca.crt')])]
    const keep = ['--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'yes']
    this.#child = spawn('redis-server', [...listen, ...keep, ...args], { stdio: 'ignore' })
    for (let tries = 0; tries < TRIES; tries++) {
      if (/PONG|NOAUTH/.test(this.cli('ping'))) return
      await sleep(PAUSE_MS)
    }
    throw new Error('redis-server has not started')
  }

  /** What redis-cli prints. */
  cli(...words: string[]): string {
    return spawnSync('redis-cli', [...this.#client, ...words], { encoding: 'utf8' }).stdout
  }

  /** Kills it as a machine dies: nothing is written any more. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  forget(): void {
    rmSync(join(this.directory, 'appendonlydir'), { recursive: true, force: true })
  }
}

/** Makes an authority and a certificate for 127.0.0.1 in `directory`. */
export function certify(directory: string): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' })
  const key = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`]
  openssl('req', '-x509', ...key('ca'), '-out', 'ca.crt', '-days', '2', '-subj', '/CN=test authority')
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE']
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '2', '-subj', '/CN=127.0.0.1']
  openssl('req', '-x509', ...key('server'), '-out', 'server.crt', ...signed, ...names)
}
