// Serves dist/web on the loopback interface alone, with the headers that a server should send. PORT says on which port
// (default: 8080; 0: one that is free), and the address is printed.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/web/', import.meta.url))
const FILES = new Set(['index.html', 'sw.js', 'icon.svg', 'manifest.webmanifest'])
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

const page = readFileSync(join(dist, 'index.html'), 'utf8')
const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)[1]
/** The service worker fetches the page's own files, once. */
const policyOf = name =>
  name === 'sw.js' ? "default-src 'none'; connect-src 'self'" : `${policy}; frame-ancestors 'none'`

const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname.slice(1)
  const name = path === '' ? 'index.html' : path
  if (request.method !== 'GET' || !FILES.has(name)) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such file.\n')
    return
  }
  response
    .writeHead(200, {
      'content-type': TYPES[extname(name)],
      'content-security-policy': policyOf(name),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
    .end(readFileSync(join(dist, name)))
})
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`)
})
