import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/cli/inside.ts'

const root = mkdtempSync(join(tmpdir(), 'inside-'))
afterAll(() => rmSync(root, { recursive: true }))
for (const folder of ['x!', 'layout/blobs', 'plain']) mkdirSync(join(root, folder), { recursive: true })
for (const file of ['x', 'x!/k', 'disk.img', 'layout/index.json', 'layout/oci-layout'])
  writeFileSync(join(root, file), '')

describe('an address', () => {
  test.each([
    ['disk.img!/part1/boot/vmlinuz', 'disk.img', 'part1/boot/vmlinuz'],
    ['disk.img!/a.tar!/boot/vmlinuz', 'disk.img', 'a.tar!/boot/vmlinuz'],
    ['layout!/boot/vmlinuz', 'layout/index.json', 'boot/vmlinuz'],
    // Beside a file called x there is a directory called x!.
    ['x!/boot/vmlinuz', 'x', 'boot/vmlinuz'],
    ['x!/k!/boot/vmlinuz', 'x!/k', 'boot/vmlinuz'],
    ['plain!/boot/vmlinuz', 'plain', 'boot/vmlinuz'],
    ['none!/a!/b', 'none', 'a!/b'],
  ])('%s is %s and what is in it', (text, path, inside) => {
    expect(parseAddress(join(root, text))).toEqual({ path: join(root, path), inside })
  })

  test.each(['x', 'x!/k', 'disk.img', 'none'])('%s is a file', text => {
    expect(parseAddress(join(root, text))).toEqual({ path: join(root, text) })
  })
})
