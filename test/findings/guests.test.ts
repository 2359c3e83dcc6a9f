import { describe, expect, test } from 'vitest'
import type { DiskBoot, PygrubBoot } from '../../src/boot/disk-boot.ts'
import { FileIndex } from '../../src/findings/file-index.ts'
import type { FoundDisk } from '../../src/findings/guest-outcome.ts'
import { applyIgnoreRules } from '../../src/findings/ignore.ts'
import type { Audit } from '../../src/findings/model.ts'
import { image, run } from './fleet.ts'

const HOSTS = `hosts:
  - {name: old, xen: 4.12.4}
  - {name: new, xen: 4.17.4}
`
/** Kernels of size 10 start on every release of the fleets here. */
const A = image('srv/a.img!/part1/boot/vmlinuz-1', 10)
const B = image('srv/a.img!/part1/boot/vmlinuz-2', 10)
const LOOSE = image('srv/vmlinuz', 10)

const span = (since: string, until: string, kernel: string | undefined, more: Partial<PygrubBoot> = {}) => ({
  since,
  until,
  python: null,
  ...(kernel === undefined
    ? { error: 'RuntimeError: Unable to find partition containing kernel' }
    : { kernel }),
  ...more,
})
const boots = (...pygrub: PygrubBoot[]): DiskBoot => ({ pygrub, loaders: {} })
const FIRST = 'part1/boot/vmlinuz-1'
const SECOND = 'part1/boot/vmlinuz-2'

function ask(
  guests: string,
  {
    disks = {},
    images = [A, B, LOOSE],
    to,
  }: { disks?: Record<string, DiskBoot | undefined>; images?: (typeof A)[]; to?: string } = {},
): Audit {
  const disk = (guest: { disks: readonly string[] }): FoundDisk | undefined => {
    const address = guest.disks[0]
    if (address === undefined || !(address in disks)) return undefined
    const boot = disks[address]
    return { address, ...(boot !== undefined && { boot }) }
  }
  const upgrade = to === undefined ? {} : { upgrade: { to, hosts: () => true } }
  return run(images, { disk, ...upgrade }, `${HOSTS}guests:\n${guests}`)
}

const cellsOf = ({ cells, kernels, verdicts, builds }: Audit) =>
  cells.map(({ kernel, build, mode, guests, names, verdict, after, change }) => {
    const final = verdicts[after ?? verdict]!
    return [
      kernels[kernel]!.images.join(' '),
      builds[build]!.label,
      mode,
      guests,
      names?.join(' '),
      change ?? final.verdict,
      final.code,
    ]
      .filter(part => part !== undefined)
      .join(', ')
  })

describe('a guest of an inventory', () => {
  test('is asked with the one kernel that pygrub takes from its disk, on its own host', () => {
    const disks = { 'srv/a.img': boots(span('3.1.0', '4.12.4', SECOND), span('4.13.0', '4.22.0', FIRST)) }
    const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', { disks })
    expect(cellsOf(audit)).toEqual([
      'srv/a.img!/part1/boot/vmlinuz-1 srv/a.img!/part1/boot/vmlinuz-2 srv/vmlinuz, 4.12.4, pv-domU, 1, g, accepts',
    ])
    expect(audit.cells[0]!.images).toEqual([1])
    expect(audit.inventory.guests).toMatchObject({ total: 1, judged: 1, withoutDisk: 0 })
  })

  test('whose default by title is lost boots another kernel after the upgrade: a doubt, with remedies', () => {
    const disks = { 'srv/a.img': boots(span('3.1.0', '4.12.4', SECOND), span('4.13.0', '4.22.0', FIRST)) }
    const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', { disks, to: '4.17.4' })
    expect(cellsOf(audit)).toEqual(['srv/a.img, 4.12.4, pv-domU, 1, g, uncertain, pygrub-default-by-title'])
    expect(audit.causes).toMatchObject([
      {
        code: 'pygrub-default-by-title',
        reason: expect.stringContaining(`/${FIRST} instead of /${SECOND}`),
        remedies: expect.arrayContaining([
          expect.objectContaining({ text: expect.stringContaining('GRUB_DEFAULT') }),
        ]),
        guests: 1,
        hosts: 1,
      },
    ])
    expect(audit.causes[0]!.remedies[0]!.text).toMatch(/^In the guest/)
  })

  test('that the new pygrub does not boot breaks, with the line that pygrub says', () => {
    const disks = { 'srv/a.img': boots(span('3.1.0', '4.12.4', FIRST), span('4.13.0', '4.22.0', undefined)) }
    const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', { disks, to: '4.17.4' })
    expect(cellsOf(audit)).toEqual(['srv/a.img, 4.12.4, pv-domU, 1, g, breaks, pygrub-finds-nothing'])
    expect(audit.causes[0]!.message).toBe('RuntimeError: Unable to find partition containing kernel')
  })

  test('whose kernel the Python of pygrub decides is in doubt after the upgrade, and names both', () => {
    const disks = {
      'srv/a.img': boots(
        span('3.1.0', '4.12.4', SECOND),
        span('4.13.0', '4.22.0', SECOND, { python: 2 }),
        span('4.13.0', '4.22.0', FIRST, { python: 3 }),
      ),
    }
    const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', { disks, to: '4.17.4' })
    expect(cellsOf(audit)).toEqual(['srv/a.img, 4.12.4, pv-domU, 1, g, uncertain, pygrub-python'])
    expect(audit.causes[0]!.reason).toContain(`${SECOND} under Python 2, ${FIRST} under Python 3`)
  })

  test('with one kernel before and after is a row of its kernel, and nothing of pygrub is doubted', () => {
    const disks = { 'srv/a.img': boots(span('3.1.0', '4.22.0', FIRST)) }
    const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', { disks, to: '4.19.0' })
    expect(audit.causes).toEqual([])
    expect(audit.counts.changes).toMatchObject({ 'still-fine': 1, uncertain: 0 })
  })

  test('whose disk is not there is asked with every kernel that is in no disk of another guest', () => {
    const disks = { 'srv/a.img': boots(span('3.1.0', '4.22.0', FIRST)) }
    const audit = ask(
      '  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n  - {name: h, host: new, boot: pygrub, disks: srv/h.img}\n',
      { disks, images: [A, image('srv/other', 11)] },
    )
    expect(cellsOf(audit)).toEqual([
      'srv/a.img!/part1/boot/vmlinuz-1, 4.12.4, pv-domU, 1, g, accepts',
      'srv/other, 4.17.4, pv-domU, 1, h, accepts',
    ])
    expect(audit.inventory.guests).toMatchObject({ judged: 2, withoutDisk: 1 })
  })

  test('by kernel= is asked with that file, found by the longest end of its path', () => {
    const images = [image('x/host1/boot/vmlinuz', 10), image('x/host2/boot/vmlinuz', 11)]
    const audit = ask('  - {name: g, host: new, type: pvh, kernel: /host2/boot/vmlinuz}\n', { images })
    expect(cellsOf(audit)).toEqual(['x/host2/boot/vmlinuz, 4.17.4, pvh-domU, 1, g, accepts'])
  })

  test('whose kernel is not among the images is named with file and line, and not judged', () => {
    const { inventory, cells } = ask('  - {name: g, host: new, kernel: /boot/none}\n')
    expect(cells).toEqual([])
    expect(inventory.guests).toMatchObject({ total: 1, judged: 0, absent: 1 })
    expect(inventory.problems).toMatchObject([
      { code: 'unknown-image', line: 5, message: expect.stringContaining('/boot/none') },
    ])
  })

  test('of HVM or UEFI is counted and asks nothing', () => {
    const audit = ask(
      '  - {name: g, host: new, boot: hvm}\n  - {name: h, host: new, type: pvh, boot: ovmf}\n',
    )
    expect(audit.cells).toEqual([])
    expect(audit.inventory.guests).toMatchObject({ total: 2, firmware: 2, judged: 0 })
  })

  test('of PVH with neither kernel nor boot loader cannot start', () => {
    const audit = ask('  - {name: web4, host: [old, new], type: pvh}\n')
    expect(cellsOf(audit)).toEqual([
      'guest web4, 4.12.4, pvh-domU, 1, web4, refuses, nothing-to-boot',
      'guest web4, 4.17.4, pvh-domU, 1, web4, refuses, nothing-to-boot',
    ])
  })

  test('without a host is asked on every host; one of a host that is not asked is counted', () => {
    const audit = run(
      [LOOSE],
      { upgrade: { to: '4.17.4', hosts: name => name === 'old' } },
      `${HOSTS}guests:\n  - {name: g, boot: pygrub}\n  - {name: h, host: new, boot: pygrub}\n`,
    )
    expect(audit.inventory.guests).toMatchObject({ judged: 1, withoutHost: 1, elsewhere: 1 })
  })

  test('in a disk that was not walked may boot any kernel in it', () => {
    const images = [A, image('srv/a.img!/part1/boot/vmlinuz-2', 20)]
    const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', {
      disks: { 'srv/a.img': undefined },
      images,
    })
    expect(cellsOf(audit)).toEqual(['srv/a.img, 4.12.4, pv-domU, 1, g, uncertain, boot-undecided'])
  })
})

describe('the boot loader of a toolstack', () => {
  const guest = (more: string) => `  - {name: g, host: old, ${more}}\n`
  test('is passed over for PVH before 4.10.0', () => {
    const audit = run(
      [LOOSE],
      {},
      `hosts:\n  - {name: old, xen: 4.9.4}\nguests:\n${guest('type: pvh, boot: pygrub')}`,
    )
    expect(audit.verdicts.map(({ code }) => code)).toContain('pvh-bootloader-unsupported')
  })
  test('may change what an unknown disk boots: each cause is told, and the verdict is a doubt', () => {
    const audit = ask(guest('boot: pygrub'), { to: '4.19.0', images: [LOOSE] })
    expect(audit.causes.map(({ code, verdict }) => [code, verdict])).toEqual([
      ['pygrub-default-by-title', 'uncertain'],
      ['pygrub-path-gone', 'uncertain'],
      ['pygrub-python', 'uncertain'],
    ])
    expect(audit.counts.changes).toMatchObject({ uncertain: 1 })
  })
})

test('files are found by path, base name, name without ending, and uuid; what fits alike is all told', () => {
  const index = new FileIndex([
    '/mnt/a/disk.img',
    '/mnt/b/disk.img',
    '/mnt/web4.raw',
    '/sr/5E6F7a8b-0000-4f5a-9f2e-000000000001.vhd',
  ])
  expect(index.find('/var/b/disk.img')).toEqual(['/mnt/b/disk.img'])
  expect(index.find('disk.img')).toHaveLength(2)
  expect(index.find('/dev/vg0/web4')).toEqual(['/mnt/web4.raw'])
  expect(index.find('5e6f7a8b-0000-4f5a-9f2e-000000000001')).toHaveLength(1)
  expect(index.find('none')).toEqual([])
})

test('policy may ignore findings by the boot path of their guests', () => {
  const audit = ask('  - {name: g, host: old, boot: pygrub, disks: srv/a.img}\n', {
    disks: { 'srv/a.img': boots(span('3.1.0', '4.22.0', undefined)) },
  })
  const ignored = (boot: string[]) =>
    applyIgnoreRules(audit, [{ boot, reason: 'known', where: 'x' }], '2026-01-01').ignored.length
  expect(ignored(['pygrub'])).toBe(1)
  expect(ignored(['pvgrub2', 'direct'])).toBe(0)
})
