import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { NamedFiles } from '../../src/fleet/named-files.ts'

const root = mkdtempSync(join(tmpdir(), 'named-'))
afterAll(() => rmSync(root, { recursive: true }))
for (const folder of ['images/below', 'bases', 'secret']) mkdirSync(join(root, folder), { recursive: true })
for (const file of ['images/base.img', 'images/below/base.img', 'bases/base.img', 'secret/key'])
  writeFileSync(join(root, file), file)
symlinkSync('../secret/key', join(root, 'images/link-out'))
symlinkSync('../secret', join(root, 'images/folder-out'))
symlinkSync('below/base.img', join(root, 'images/link-in'))
const image = join(root, 'images/web.qcow2')

/** What is read of the file that the image names, or the code of the error. */
function openNamed(name: string, roots: string[] = []): string {
  const files = new NamedFiles(roots)
  try {
    const { source } = files.resolver(image, 'web').open(name, 'qcow2')
    const bytes = new Uint8Array(source.size)
    source.read(bytes, 0)
    return new TextDecoder().decode(bytes)
  } catch (error) {
    expect(files.opened).toEqual([])
    return (error as { code: string }).code
  } finally {
    files.close()
  }
}

describe('files that an image names', () => {
  test.each([
    ['base.img', 'images/base.img'],
    ['./base.img', 'images/base.img'],
    ['below/base.img', 'images/below/base.img'],
    ['below/../base.img', 'images/base.img'],
    ['link-in', 'images/below/base.img'],
    [join(root, 'images/base.img'), 'images/base.img'],
  ])('%s is opened', (name, contents) => {
    expect(openNamed(name)).toBe(contents)
  })

  test.each([
    '../secret/key',
    '../bases/base.img',
    'below/../../secret/key',
    '/etc/passwd',
    'link-out',
    'folder-out/key',
    'json:{"driver":"file","filename":"/etc/passwd"}',
    'nbd://127.0.0.1/disk',
    'file:base.img',
    'https://127.0.0.1/base.img',
    'C:/base.img',
    '',
    '.',
    'base.img\0',
  ])('%j is refused, and nothing is opened', name => {
    expect(openNamed(name)).toBe('backing-outside')
  })

  test.each(['../secret/none', '/none'])('%j is refused whether it is there or not', name => {
    expect(openNamed(name)).toBe('backing-outside')
  })

  test('one that is not there is missing, and so is a folder', () => {
    expect(openNamed('none.img')).toBe('backing-missing')
    expect(openNamed('below')).toBe('backing-missing')
  })

  test('those below a directory that was allowed are opened too', () => {
    expect(openNamed('../bases/base.img', [join(root, 'bases')])).toBe('bases/base.img')
    expect(openNamed(join(root, 'bases/base.img'), [join(root, 'bases')])).toBe('bases/base.img')
    expect(openNamed('../secret/key', [join(root, 'bases')])).toBe('backing-outside')
  })

  test('a file names others from its own directory on', () => {
    const files = new NamedFiles([])
    const named = files.resolver(image, 'web').open('below/base.img', 'qcow2')
    expect(() => named.files.open('../base.img', 'qcow2')).toThrow(
      expect.objectContaining({ code: 'backing-outside' }),
    )
    files.close()
  })
})
