/** A /boot as hosts have it: kernels, and much that is none. Nothing of it makes a scan fail. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { buildHypervisor } from '../../fixtures/builders/hypervisor.ts'
import { root, run } from './run.ts'

/** A bzImage that names itself and has no payload; `at` is where the name stands, from the header's start. */
function named(name: string, protocol: number, at: number): Uint8Array {
  const image = buildBzImage({ payload: new Uint8Array(64), protocol, payloadOffset: 0, payloadLength: 0 })
  new DataView(image.buffer).setUint16(0x20e, at, true)
  image.set(Buffer.from(`${name}\0`, 'latin1'), 0x200 + at)
  return image
}

let boot: string
beforeAll(() => {
  boot = mkdtempSync(join(tmpdir(), 'xen-preflight-boot-'))
  const put = (name: string, content: string | Uint8Array) => writeFileSync(join(boot, name), content)
  cpSync(join(root, 'fixtures/codecs/bzimage-gzip'), join(boot, 'vmlinuz-6.12'))
  mkdirSync(join(boot, 'grub'))
  put('grub/grub.cfg', 'menuentry "Debian" { linux /vmlinuz-6.12 }\n')
  put('config-6.12', 'CONFIG_XEN=y\n')
  put('System.map-6.12', 'ffffffff81000000 T _text\n')
  put('initrd.img-6.12', gzipSync(Buffer.from('070701', 'latin1')))
  put('memtest86+x64.bin', named('Memtest86+ v6.10', 0x020c, 0x300))
  put('ipxe.lkrn', named('1.0.0+git-20190125.36a4c85-5.1', 0x0207, 0x48))
  put('xen-4.17-amd64.gz', gzipSync(buildHypervisor()))
  put('xen-4.17-amd64.config', 'CONFIG_PV=y\n')
})
afterAll(() => rmSync(boot, { recursive: true }))

test('what is there', async () => {
  const { code, stdout, stderr } = await run(['scan', boot])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^ipxe\.lkrn +bzImage +iPXE 1\.0\.0\+git-20190125\.36a4c85-5\.1$/m)
  expect(stdout).toMatch(/^memtest86\+x64\.bin +bzImage +Memtest86\+ v6\.10$/m)
  expect(stdout).toMatch(/^xen-4\.17-amd64\.gz +gzip +32-bit Xen hypervisor$/m)
  expect(stdout).toMatch(/^vmlinuz-6\.12 +bzImage gzip/m)
})

test('what starts, and what to do about the rest', async () => {
  const { code, stdout } = await run(['scan', boot, '--xen', '4.17.4'])
  expect(code).toBe(0)
  const told = stdout.replace(/\s+/g, ' ')
  expect(told).toContain('do: Start the memory test on the bare machine')
  expect(told).toContain('do: Start iPXE from its disk image in an HVM guest')
  expect(told).toContain('do: Point to the kernel of a guest: this is the hypervisor itself')
  expect(told).not.toMatch(/do: (?:Repack|Unpack|Build the kernel|Use Linux)/)
})
