/**
 * What was given so far, and the workers that are asked about it.
 * @module
 */
import { recordText } from '../record/write.ts'
import type {
  AnswerTo,
  Ask,
  AuditAsk,
  FileReading,
  GivenFile,
  GivenText,
  KernelView,
  Knowledge,
  Origin,
  RequestKind,
} from './messages.ts'
import { GivenUp, type Pool } from './pool.ts'

/** Milliseconds that a worker has for a file. A disk of many file systems takes longest; readers of containers end sooner. */
const READ_LIMIT = 180_000
/** Milliseconds for whatever else is asked. */
const ASK_LIMIT = 60_000
/** What is asked of all kernels, or of all bytes of one, takes as long as a file. */
const LONG: ReadonlySet<RequestKind> = new Set(['audit-report', 'repair'])

export interface Image {
  view: KernelView
  /** Absent for an image of which only facts were given. */
  origin?: Origin
}

export class Session {
  readonly knowledge: Knowledge
  readonly images: Image[] = []
  readonly inventories: GivenText[] = []
  readonly #pool: Pool

  private constructor(pool: Pool, knowledge: Knowledge) {
    this.#pool = pool
    this.knowledge = knowledge
  }

  static async start(pool: Pool): Promise<Session> {
    return new Session(pool, await pool.ask('know', {}, { limit: ASK_LIMIT }))
  }

  /** Asks something that a person waits for. */
  ask<Kind extends RequestKind>(kind: Kind, ask: Ask<Kind>): Promise<AnswerTo<Kind>> {
    return this.#pool.ask(kind, ask, { limit: LONG.has(kind) ? READ_LIMIT : ASK_LIMIT, first: true })
  }

  /** What a file turns out to be; a file whose worker had to be ended is an image with that problem. */
  async read(given: GivenFile, siblings: readonly GivenFile[]): Promise<FileReading> {
    try {
      return await this.#pool.ask('read', { given, siblings }, { limit: READ_LIMIT })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = error instanceof GivenUp ? error.message : `it failed with ${error.message}`
      return { kind: 'images', records: [{ view: await this.#unread(given, reason) }] }
    }
  }

  #unread({ address, file }: GivenFile, reason: string): Promise<KernelView> {
    const message = `Cannot read the image: its worker was ended, because ${reason}`
    const facts = { version: this.knowledge.facts, size: file.size, kind: 'unknown' as const, layers: [] }
    const { json } = recordText({ facts, problem: { code: 'worker-died', message } })
    return this.ask('view', { image: address, json })
  }

  /** What an audit of all that was given is made from. The clock is the page's. */
  auditAsk(): AuditAsk {
    return {
      records: this.images.map(({ view: { image, json } }) => ({ image, json })),
      inventories: this.inventories,
      created: new Date().toISOString(),
      version: this.knowledge.version,
    }
  }
}

/** Has the browser save bytes as a file. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
