/**
 * The service worker of the page: it keeps the page's own files, so that the page opens without a network. It has nothing
 * to do with the files that are read.
 */
// .ci/web.mjs puts a digest of the page and the names of its files here.
const VERSION = 'version'
const FILES = ['files']
const CACHE = `xen-preflight-${VERSION}`

addEventListener('install', event => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then(cache => cache.addAll(FILES))
      .then(() => skipWaiting()),
  )
})

addEventListener('activate', event => {
  const isOld = name => name.startsWith('xen-preflight-') && name !== CACHE
  event.waitUntil(
    caches
      .keys()
      .then(names => Promise.all(names.filter(isOld).map(name => caches.delete(name))))
      .then(() => clients.claim()),
  )
})

addEventListener('fetch', event => {
  if (event.request.method !== 'GET') return
  event.respondWith(
    caches
      .open(CACHE)
      .then(cache => cache.match(event.request, { ignoreSearch: true }))
      .then(kept => kept ?? fetch(event.request)),
  )
})
