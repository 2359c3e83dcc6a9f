import { describe, expect, test } from 'vitest'
import { explainAction } from '../../src/cli/commands/explain.ts'
import { releasesAction } from '../../src/cli/commands/releases.ts'

const flat = (text: string) => text.replace(/\s+/g, ' ')
const NEWER = 'Xen 4.23.1 is newer than 4.22.0, the newest that is known: the answer is that of 4.22.0'
const VENDOR = 'is a build of'

describe('a version that another release stands for', () => {
  test('is said by releases', () => {
    expect(releasesAction(['4.23.1'], false, 'table')).toMatch(/^Xen 4\.22\.0\n {2}assuming: /)
    expect(flat(releasesAction(['4.23.1'], false, 'table'))).toContain(`assuming: ${NEWER}`)
    expect(JSON.parse(releasesAction(['4.23.1'], false, 'json'))).toMatchObject({
      release: '4.22.0',
      assumptions: [{ code: 'target', text: NEWER }],
    })
    expect(flat(releasesAction(['4.1.6.1', '4.23.1'], true, 'table'))).toContain(`assuming: ${NEWER}`)
    expect(releasesAction(['4.4.4'], false, 'table')).not.toContain('assuming')
  })

  test('is said by explain, of each of two', () => {
    const flags = { mode: 'pv-domU', output: 'table' } as const
    const explain = (xen: string, output: 'table' | 'json' = 'table') =>
      explainAction('fixtures/catalogue/linux-6.12-zstd', { ...flags, xen, output } as never)
    expect(flat(explain('4.23.1'))).toContain(`assuming: ${NEWER}`)
    expect(flat(explain('4.0.4-xs1,4.23.1'))).toContain(`assuming: ${NEWER}`)
    expect(flat(explain('4.0.4-xs1,4.23.1'))).toContain(VENDOR)
    expect(JSON.parse(explain('4.23.1', 'json')).assumptions).toContainEqual({
      code: 'target',
      text: NEWER,
    })
  })
})

test('a package with commits after a release is walked as that release, as its vendor built it', () => {
  const flags = { mode: 'pv-domU', output: 'json', xen: '4.17.3+10-g091466ba55-1~deb12u1' } as const
  const trace = JSON.parse(explainAction('fixtures/catalogue/linux-6.12-zstd', flags as never))
  expect(trace.release).toBe('4.17.3')
  const texts = trace.assumptions.map(({ text }: { text: string }) => text)
  expect(texts).toContain(
    'It holds commits after 4.17.3 and is walked as that: audit and scan say where 4.17.4 differs',
  )
  expect(texts).toContainEqual(expect.stringContaining('is a build of Debian'))
})

describe('what changes between releases', () => {
  test('is told by the sources of the two', () => {
    const text = releasesAction(['4.1.6.1', '4.4.4'], true, 'table')
    expect(text).toContain('RELEASE-4.1.6.1 xen/common/libelf/libelf-dominfo.c elf_xen_feature_names')
    expect(text).not.toContain('RELEASE-4.22.0')
  })

  test('of sets of names is what came and went', () => {
    const text = flat(releasesAction(['4.1.6.1', '4.4.4'], true, 'table'))
    expect(text).toContain('with hvm_callback_vector (8), dom0 (11), at 4.2.0, 4.4.0')
    expect(flat(releasesAction(['4.4.4', '4.1.6.1'], true, 'table'))).toContain(
      'without hvm_callback_vector (8)',
    )
    expect(text).not.toContain('{"')
    expect(text).not.toContain('writable_page_tables (0)')
  })
})
