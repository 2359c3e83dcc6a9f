import { expect, test } from 'vitest'
import { run } from './run.ts'

test('the notes of an image, decoded', async () => {
  const { code, stdout } = await run(['notes', 'fixtures/catalogue/linux-3.14-pvh'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/SUPPORTED_FEATURES +4 {2}0x90d \(.*hvm_callback_vector, dom0\)/)
})

test('which releases read each of them', async () => {
  const { stdout } = await run(['notes', '--readers', 'fixtures/catalogue/linux-3.14-pvh'])
  expect(stdout).toMatch(/SUPPORTED_FEATURES.*\n +read by 4\.2\.0 - /)
})

test('the keys of a __xen_guest section', async () => {
  const { stdout } = await run(['notes', 'fixtures/catalogue/mini-os'])
  expect(stdout).toMatch(/GUEST_OS +Mini-OS\n +XEN_VER +xen-3\.0/)
})

test('one image that cannot be read does not cost the others', async () => {
  const { code, stdout, stderr } = await run([
    'notes',
    '-o',
    'json',
    'fixtures/absent',
    'fixtures/catalogue/mini-os',
  ])
  expect(code).toBe(1)
  expect(stderr).toContain('fixtures/absent: Cannot open the file')
  expect(JSON.parse(stdout)).toMatchObject([{ image: 'fixtures/catalogue/mini-os', kind: 'elf' }])
})
