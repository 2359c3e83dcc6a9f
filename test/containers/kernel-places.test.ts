import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsKernels, leadsToKernels, mayBeKernel } from '../../src/containers/kernel-places.ts'

const names = (path: string) => path.split('/').filter(name => name !== '')

test.each([
  '/vmlinuz',
  '/boot/vmlinuz-6.1.0-13-amd64',
  '/boot/xen/guests/debian/vmlinuz',
  '/usr/lib/modules/6.1.0/vmlinuz',
  '/EFI/Linux/arch.efi',
  '/0123456789abcdef0123456789abcdef/6.1.0-13/linux',
  '/kernel/amd64/unix',
  '/platform/i86xpv/kernel/amd64/unix',
  '/casper/vmlinuz',
  '/install.amd/xen/vmlinuz',
])('%s is looked at', path => {
  expect(mayBeKernel(names(path))).toBe(true)
})

test.each([
  '/usr/lib/modules/6.1.0/kernel/fs/ext4.ko',
  '/usr/lib/modules/6.1.0/modules.dep',
  '/boot/grub/x86_64-efi/normal.mod',
  '/boot/grub2/fonts/unicode.pf2',
  '/boot/grub/themes/boot/vmlinuz',
  '/usr/bin/vmlinuz',
  '/0123456789abcdef/6.1.0-13/linux',
  '/boot/a/b/c/d/e/vmlinuz',
])('%s is not', path => {
  expect(mayBeKernel(names(path))).toBe(false)
})

const name = fc.oneof(
  fc.constantFrom('boot', 'usr', 'lib', 'modules', 'EFI', 'kernel', 'platform', 'i86xpv', 'grub', 'fonts'),
  fc.constantFrom('install', 'images', 'vmlinuz', 'linux', 'layer.tar', 'x86_64-efi', 'constructor'),
  fc.constant('0123456789abcdef0123456789abcdef'),
  fc.string(),
)

test('every folder above a file that is looked at is walked', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), file => {
      if (!mayBeKernel(file)) return
      for (let depth = 0; depth < file.length; depth++) {
        expect(leadsToKernels(file.slice(0, depth)), file.slice(0, depth).join('/')).toBe(true)
      }
      expect(holdsKernels(file.slice(0, -1))).toBe(true)
    }),
    { numRuns: 5000 },
  )
})
