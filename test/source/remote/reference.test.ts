import { expect, test } from 'vitest'
import { hideInWord, hideSecrets, locatorOf } from '../../../src/source/remote/locators.ts'
import { isReference } from '../../../src/source/remote/reference.ts'
import { imageName } from '../../../src/source/remote/registry.ts'

test.each([
  'https://host/a.qcow2',
  'HTTP://host/a',
  's3://bucket/key',
  'registry:alpine',
  'glance:0000',
  'nbd://host/disk',
])('%s is a reference', text => expect(isReference(text)).toBe(true))
test.each(['a.qcow2', '/srv/https:/x', 'C:\\disks\\a.vhd', 'file:a', 's3:bucket', 'oci-dir:x'])(
  '%s is a path',
  text => expect(isReference(text)).toBe(false),
)

test.each([
  'https://host/a.qcow2',
  'https://host/A%20b.qcow2!/part1/boot/vmlinuz',
  's3://bucket/a?b',
  'registry:host:5000/name:tag@sha256:00',
])('%s has no secrets and stays as it is', text => {
  if (!text.includes('?')) expect(hideSecrets(text)).toBe(text)
})

const SIGNED = [
  'https://bucket.s3.amazonaws.com/a.img?X-Amz-Credential=AKIASECRET&X-Amz-Signature=SECRET&X-Amz-Security-Token=SECRET',
  'https://a.blob.core.windows.net/c/a.vhd?sv=2024&se=2026SECRET&sr=b&sp=r&sig=SECRET',
  'https://storage.googleapis.com/b/a.img?X-Goog-Signature=SECRET&GoogleAccessId=SECRET',
  'https://swift/v1/a?temp_url_sig=SECRET&temp_url_expires=1',
  'https://cdn/a.img?Policy=SECRET&Signature=SECRET&Key-Pair-Id=SECRET',
  'https://me:SECRET@host/a.img',
  'https://SECRET@host/a.img',
  'https://host/a.img?token=SECRET',
  'https://host/a.img?access_token=SECRET#SECRET',
  'https://host/a.img?whatever=SECRET',
  'nbd://me:SECRET@host/a',
]
test.each(SIGNED)('%s is shown without its secrets', text => {
  const shown = hideSecrets(`${text}!/part1/boot/vmlinuz`)
  expect(shown).not.toContain('SECRET')
  expect(shown).toMatch(/!\/part1\/boot\/vmlinuz$/)
  expect(locatorOf(shown.replace(/!.*$/, ''))).toBe(text)
  expect(hideInWord(`--add=${text}`)).toBe(`--add=${shown.replace(/!.*$/, '')}`)
})

test('objects that parameters tell apart are told apart', () => {
  expect(hideSecrets('https://host/get?id=1')).not.toBe(hideSecrets('https://host/get?id=2'))
})

test.each([
  ['registry:alpine', { host: 'docker.io', name: 'library/alpine', reference: 'latest' }],
  ['registry:me/app:1.2', { host: 'docker.io', name: 'me/app', reference: '1.2' }],
  ['registry:quay.io/a/b:v1', { host: 'quay.io', name: 'a/b', reference: 'v1' }],
  ['registry:localhost:5000/x', { host: 'localhost:5000', name: 'x', reference: 'latest' }],
  [
    `registry:ghcr.io/a/b:v1@sha256:${'0'.repeat(64)}`,
    { host: 'ghcr.io', name: 'a/b', reference: `sha256:${'0'.repeat(64)}` },
  ],
])('%s names an image', (text, expected) => expect(imageName(text)).toEqual(expected))
test.each(['registry:', 'registry:UPPER/x', 'registry:a b', 'registry:host/../x', 'registry:x:y:z'])(
  '%s names none',
  text => expect(() => imageName(text)).toThrow(/expected registry/),
)
