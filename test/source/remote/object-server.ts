/** A server of objects with ranges, as those of images are, that can be told to fail. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Request {
  path: string
  range: [start: number, end: number] | undefined
  headers: IncomingMessage['headers']
}

/** Answers a request in place of the server; false where the server should. */
export type Fault = (request: Request, response: ServerResponse, count: number) => boolean

export interface ObjectServer {
  /** Without a slash at its end. */
  url: string
  host: string
  objects: Map<string, Uint8Array>
  requests: Request[]
  /** Bytes of objects that were sent. */
  sent: number
  fault: Fault | undefined
  etag: (path: string, bytes: Uint8Array) => string | undefined
  close(): Promise<void>
}

export async function serveObjects(): Promise<ObjectServer> {
  const sockets = new Set<Socket>()
  const server = createServer((message, response) => {
    const path = decodeURIComponent(new URL(message.url ?? '/', 'http://x').pathname)
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(message.headers.range ?? '') ?? []
    const range = from === undefined ? undefined : ([Number(from), Number(to) + 1] as [number, number])
    const request = { path: message.url ?? '/', range, headers: message.headers }
    served.requests.push(request)
    if (served.fault?.(request, response, served.requests.length) === true) return
    sendObject(served, path, range, response)
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const served: ObjectServer = {
    url: `http://${host}`,
    host,
    objects: new Map(),
    requests: [],
    sent: 0,
    fault: undefined,
    etag: (_, bytes) => `"${bytes.length}-${bytes[0] ?? 0}-${bytes.at(-1) ?? 0}"`,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
  return served
}

export function sendObject(
  served: ObjectServer,
  path: string,
  range: [number, number] | undefined,
  response: ServerResponse,
): void {
  const bytes = served.objects.get(path)
  if (bytes === undefined) {
    response.writeHead(404).end()
    return
  }
  const etag = served.etag(path, bytes)
  const headers = etag === undefined ? {} : { etag }
  if (range === undefined) {
    served.sent += bytes.length
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
    return
  }
  if (range[0] >= bytes.length) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${bytes.length}` }).end()
    return
  }
  const part = bytes.subarray(range[0], Math.min(range[1], bytes.length))
  served.sent += part.length
  response
    .writeHead(206, {
      ...headers,
      'content-length': part.length,
      'content-range': `bytes ${range[0]}-${range[0] + part.length - 1}/${bytes.length}`,
    })
    .end(part)
}
