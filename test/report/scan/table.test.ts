import { describe, expect, test } from 'vitest'
import { ImageEntry } from '../../../src/report/scan/entry.ts'
import type { ScanContext } from '../../../src/report/scan/report.ts'
import { tableReport } from '../../../src/report/scan/table.ts'
import { REPAIR } from '../../../src/xen/remedies/own-command.ts'
import { remedy } from '../../../src/xen/remedies/remedy.ts'
import { kernel } from '../../xen/kernels.ts'

const facts = kernel({})
const json = JSON.stringify({ kind: facts.kind, facts })

/** Builds that all accept, as columns. */
const columns = (labels: readonly string[]) =>
  labels.map(label => ({ label, hosts: [`host-of-${label}`] })) as unknown as NonNullable<
    ScanContext['columns']
  >

function draw(images: readonly string[], context: Partial<ScanContext>): string[] {
  const report = tableReport({ version: '0', roots: ['cat'], colour: false, width: 80, ...context })
  let text = report.begin()
  for (const image of images) {
    const entry = new ImageEntry(image, json)
    entry.judgements = (context.columns ?? []).map(
      () => ({ mode: 'pv-domU', verdict: 'accepts' }) as NonNullable<ImageEntry['judgements']>[number],
    )
    text += report.image(entry)
  }
  text += report.end({ images: images.length, problems: 0, notKernels: 0 })
  return text.split('\n')
}

describe('the table of a scan', () => {
  test('sorts numbers by their value, folder by folder, and keeps the order of what was named', () => {
    const found = ['cat/6.10', 'cat/6.9/b', 'cat/6.9/a', 'cat/6.9', 'cat/6.9-10/x', 'dog/2', 'dog/1', 'ant']
    const lines = draw(found, { roots: ['cat', 'dog', 'ant'] })
    const names = lines.map(line => line.split(' ')[0])
    const own = ['6.9', '6.9/a', '6.9/b', '6.9-10/x', '6.10'].map(name => `cat/${name}`)
    expect(names.slice(1, 9)).toEqual([...own, 'dog/1', 'dog/2', 'ant'])
  })

  test('names images of several directories from the one that these are in', () => {
    const first = (roots: readonly string[], image: string) => draw([image], { roots })[1]!.split(' ')[0]
    expect(first(['/srv/a/boot', '/srv/b/boot/'], '/srv/b/boot/vmlinuz')).toBe('b/boot/vmlinuz')
    expect(first(['/a', 'b'], '/a/vmlinuz')).toBe('/a/vmlinuz')
    expect(first(['/a', '/b'], '/a/vmlinuz')).toBe('a/vmlinuz')
    expect(first(['/srv/a'], '/srv/a/vmlinuz')).toBe('vmlinuz')
  })

  test.each([40, 80, 120, 200])('keeps within %i columns, and cuts names in the middle', width => {
    const long = `${'very-'.repeat(60)}long`
    for (const context of [{}, { modes: ['pv-domU'] as const, columns: columns(['4.1.6.1', '4.17.4']) }]) {
      const lines = draw(
        [`cat/${long}`, 'cat/漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字'],
        {
          ...context,
          width,
        },
      )
      for (const line of lines.slice(0, 5)) expect(line.length).toBeLessThanOrEqual(Math.max(width, 80))
      const name = lines.find(line => line.startsWith('very-'))!
      expect(name).toMatch(width === 200 ? /^very-.*…?/ : /^very-.*….*y-long/)
    }
  })

  test('shortens names by what was named, and gives commands the whole address', () => {
    const reason = { code: 'codec-unsupported', args: { codec: 'zstd', side: 'toolstack' } }
    const refusal = {
      ...{ mode: 'pv-domU', verdict: 'refuses', code: 'codec-unsupported', xen: '4.1.6.1', reason },
      remedies: [remedy('repack', 'Repack it', REPAIR)],
    } as unknown as NonNullable<ImageEntry['judgements']>[number]
    const told = (image: string, roots: readonly string[]) => {
      const report = tableReport({
        ...{
          version: '0',
          roots,
          colour: false,
          width: 120,
          modes: ['pv-domU'],
          columns: columns(['4.1.6.1']),
        },
      })
      const entry = new ImageEntry(image, json)
      entry.judgements = [refusal]
      return report.begin() + report.image(entry) + report.end({ images: 1, problems: 0, notKernels: 0 })
    }
    for (const text of [
      told('dir/cat/a b', ['dir/cat']),
      told('dir/cat/a b', ['dir/cat/a b', 'dir/cat/c']),
    ]) {
      expect(text).toMatch(/^a b +pv-domU +NO$/m)
      expect(text).toContain('in:  a b\n')
      expect(text).toContain("xen-preflight repair 'dir/cat/a b' --for 4.1.6.1 -o 'a b.repaired'")
    }
  })

  test('names what was named and cannot be walked', () => {
    expect(draw(['s3://pool/dir/'], { roots: ['s3://pool/dir/'] })[1]).toMatch(/^s3:\/\/pool\/dir\/ /)
  })

  test('uses a wide terminal for names', () => {
    const name = 'vmlinuz-6.12.117+deb12-cloud-amd64-with-a-long-name'
    const matrix = { modes: ['pv-domU'] as const, columns: columns(['4.1.6.1', '4.17.4']) }
    expect(draw([`cat/${name}`], { ...matrix, width: 120 }).join('\n')).toContain(`${name} pv-domU`)
    expect(draw([`cat/${name}`], { ...matrix, width: 80 }).join('\n')).toContain(`${name} pv-domU`)
    expect(draw([`cat/${name}`], { ...matrix, width: 60 }).join('\n')).not.toContain(name)
  })

  test('splits a matrix that does not fit by columns, and wraps nothing', () => {
    const labels = Array.from({ length: 20 }, (_, index) => `4.${index}.1`)
    const lines = draw(['cat/b', 'cat/a'], { modes: ['pv-domU'], columns: columns(labels) })
    const rows = lines.filter(line => /^[ab] /.test(line))
    expect(rows.map(row => row[0])).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    const cells = rows.filter(row => row.startsWith('a')).map(row => row.match(/ok/g)!.length)
    expect(cells.reduce((sum, count) => sum + count)).toBe(20)
    const series = lines.filter(line => /^ +4\.\d+( |$)/.test(line)).flatMap(line => line.trim().split(/ +/))
    expect(series).toEqual(labels.map(label => label.replace(/\.1$/, '')))
    expect(
      draw(['cat/a'], { modes: ['pv-domU'], columns: columns(labels), width: 160 }).filter(line =>
        line.startsWith('a '),
      ),
    ).toHaveLength(1)
  })

  test('heads long versions by letters, which are explained', () => {
    const labels = Array.from({ length: 20 }, (_, index) => `4.17.${index}+23-ga4e5191dc0-1+deb12u1`)
    const lines = draw(['cat/a'], { modes: ['pv-domU'], columns: columns(labels) })
    expect(lines[0]).toBe('  a  4.17.0+23-ga4e5191dc0-1+deb12u1 (1 host)')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })
})
