/** `boot`, `scan --boot` and `releases --component`, as the built command. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { records, root, run } from './run.ts'

const BOOT_PATHS = join(root, 'fixtures/boot-paths')
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

function disk(name: string): string {
  const path = join(directory, `${name}.img`)
  writeFileSync(path, gunzipSync(readFileSync(join(BOOT_PATHS, 'disks', `${name}.img.gz`))))
  return path
}

describe('boot', () => {
  test('prints one line an image for machines: what pygrub takes, span by span', async () => {
    const image = disk('G07-title')
    const { code, stdout } = await run(['boot', image, '--path', 'pygrub', '--xen', 'all', '-o', 'ndjson'])
    expect(code).toBe(0)
    const [line] = records(stdout)
    expect(line).toMatchObject({ image, path: 'pygrub' })
    const boots = line.answers.filter(({ outcome }: { outcome: string }) => outcome === 'boots')
    expect(boots.map(({ since, until, kernel }: Record<string, string>) => [since, until, kernel])).toEqual([
      ['4.3.4', '4.3.4', '/boot/vmlinuz-2'],
      ['4.4.2', '4.12.4', '/boot/vmlinuz-2'],
      ['4.13.0', '4.22.0', '/boot/vmlinuz-1'],
    ])
    expect(line.answers[0]).toEqual({
      since: '3.1.0',
      until: '3.4.0',
      python: null,
      outcome: 'fails',
      error: "RuntimeError: couldn't find bootloader config file in the image provided.",
    })
  })

  test('looks at what is in a compressed image', async () => {
    const packed = join(BOOT_PATHS, 'disks/G07-title.img.gz')
    const answers = async (image: string) => {
      const [line] = records((await run(['boot', image, '--path', 'pygrub', '-o', 'ndjson'])).stdout)
      return line.answers
    }
    expect(await answers(packed)).toEqual(await answers(disk('G07-title')))
  })

  test('asks both Pythons where they differ', async () => {
    const { stdout } = await run(['boot', disk('P03-mbr-second'), '--xen', '4.17.4', '-o', 'json'])
    const [{ answers }] = JSON.parse(stdout)
    expect(answers.map(({ python, outcome }: Record<string, unknown>) => [python, outcome])).toEqual([
      [null, 'boots'],
    ])
  })

  test('tells people where the kernel comes from', async () => {
    const { stdout } = await run(['boot', disk('L01-basic'), '--xen', '4.17.4'])
    expect(stdout).toContain('boots /boot/vmlinuz-1')
    expect(stdout).toContain('by /boot/grub/menu.lst, entry "one"')
  })

  test('says first where paths boot different kernels: GRUB goes by the title, pygrub cannot', async () => {
    const { stdout } = await run(['boot', disk('G07-title'), '--xen', '4.17.4'])
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Which kernel this guest boots depends on the path: /boot/vmlinuz-1 by pygrub; /boot/vmlinuz-2 by pvgrub2, pvhgrub, hvm',
    )
  })

  test('walks as a GRUB of one version, with its verdict on the kernel', async () => {
    const { stdout } = await run(['boot', disk('G59-debian12'), '--path', 'pvgrub2@2.12', '-o', 'ndjson'])
    const [line] = records(stdout)
    expect(line).toMatchObject({
      path: 'pvgrub2',
      outcome: 'boots',
      config: '/boot/grub/grub.cfg',
      entry: { kind: 'linux', verdict: { boot: 'pvgrub2', since: '2.12', until: '2.12' } },
    })
  })

  test('goes on after a disk that is not there', async () => {
    const { code, stdout, stderr } = await run([
      'boot',
      join(directory, 'none'),
      disk('L01-basic'),
      '--xen',
      '4.17.4',
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('none')
    expect(stdout).toContain('/boot/vmlinuz-1')
  })
})

describe('scan --boot', () => {
  test('adds what all versions of a loader say', async () => {
    const image = join(BOOT_PATHS, 'codec-images/zstd.bzimage')
    const { stdout } = await run(['scan', image, '--boot', 'pvgrub2@all', '-o', 'ndjson'])
    const [{ verdicts }] = records(stdout)
    const own = verdicts.filter(({ arch }: { arch: string }) => arch === 'x86_64-xen')
    expect(own).toMatchObject([
      {
        boot: 'pvgrub2',
        since: '2.02-beta2',
        until: '2.12',
        verdict: 'refuses',
        stage: 'file',
        code: 'codec-unsupported',
        message: 'not xen image',
      },
      { boot: 'pvgrub2', since: '2.14', until: '2.14', verdict: 'accepts' },
    ])
  })

  test('asks one version, and says of firmware that no loader of Xen is asked', async () => {
    const image = join(BOOT_PATHS, 'codec-images/gzip.bzimage')
    const { stdout } = await run(['scan', image, '--boot', 'pvgrub2@2.06,hvm', '-o', 'ndjson'])
    const [{ verdicts }] = records(stdout)
    expect(verdicts).toMatchObject([
      { boot: 'pvgrub2', arch: 'x86_64-xen', since: '2.06', until: '2.06', verdict: 'accepts' },
      {
        boot: 'pvgrub2',
        arch: 'i386-xen',
        since: '2.06',
        until: '2.06',
        verdict: 'refuses',
        message: 'incompatible architecture: 4',
      },
      { boot: 'hvm', verdict: 'not-asked' },
    ])
  })

  test.each([
    ['pvgrub2@1.99', 'expected one of 2.02-beta2'],
    ['pv-grub@1.04', 'as in pv-grub@4.1.4) after pv-grub@, found "1.04"'],
    ['lilo', 'expected direct, pygrub, pv-grub, pvgrub2, pvhgrub, ovmf, hvm, found "lilo"'],
    ['pygrub', 'give --xen'],
  ])('refuses %s', async (boot, message) => {
    const { code, stderr } = await run(['scan', root, '--boot', boot])
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain(message)
  })
})

describe('explain --boot', () => {
  test('walks as GRUB does, and says where it stops', async () => {
    const image = join(BOOT_PATHS, 'codec-images/zstd.bzimage')
    const { stdout } = await run(['explain', image, '--boot', 'pvgrub2@2.06'])
    expect(stdout).toMatch(/by\s+pvgrub2@2\.06/)
    expect(stdout).toContain('has no filter for it')
    expect(stdout).toContain('log: not xen image')
  })

  test('walks as PV-GRUB does, with the libxc of the release that built it', async () => {
    const image = join(BOOT_PATHS, 'reports/debian8-3.16-xz')
    const walk = async (boot: string) =>
      JSON.parse((await run(['explain', image, '--boot', boot, '-o', 'json'])).stdout)
    const old = await walk('pv-grub@4.1.4')
    expect(old).toMatchObject({
      version: '4.1.4',
      arch: 'x86_64',
      verdict: 'refuses',
      code: 'codec-unsupported',
      message: 'xc_dom_probe_bzimage_kernel: unknown compression format',
    })
    expect(old.steps[0]).toMatchObject({ stage: 'PV-GRUB', value: 'gzip', gates: ['codecs'] })
    const { steps, verdict } = await walk('pv-grub@4.3.0')
    expect(verdict).toBe('accepts')
    expect(steps.at(-1)).toMatchObject({ stage: 'kexec', does: 'is what the x86 64 build boots' })
  })

  test('needs a loader', async () => {
    const { code, stderr } = await run(['explain', join(BOOT_PATHS, 'codec-images/zstd.bzimage')])
    expect([code, stderr]).toEqual([1, expect.stringContaining('a loader by --boot')])
  })
})

describe('releases --component', () => {
  test('prints the gates of a program beside Xen with its own versions', async () => {
    const { stdout } = await run(['releases', '--component', 'pvgrub2', '-o', 'json'])
    const { versions, gates } = JSON.parse(stdout)
    expect(versions.at(-1)).toBe('2.14')
    expect(gates.find(({ id }: { id: string }) => id === 'codec-zstd').spans).toEqual([
      { since: '2.02-beta2', until: '2.12', value: false },
      { since: '2.14', until: '2.14', value: true },
    ])
  })

  test('prints what holds for one version', async () => {
    const { stdout } = await run(['releases', '--component', 'pygrub', '4.17.4'])
    expect(stdout).toContain('versions: 4.17.4')
    expect(stdout).toContain('default-value')
  })
})
