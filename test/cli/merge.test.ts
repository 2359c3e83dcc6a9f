import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchDirectory } from '../scratch.ts'
import { command, records, run } from './run.ts'

const scratch = scratchDirectory()

const { at } = scratch

describe('shards', () => {
  test('have every file in one of them, copies in the same, and merge to what one scan writes', async () => {
    const catalogue = at('catalogue')
    cpSync('fixtures/codecs', join(catalogue, 'codecs'), { recursive: true })
    cpSync('fixtures/catalogue', join(catalogue, 'codecs-more'), { recursive: true })
    cpSync('fixtures/broken', join(catalogue, 'b'), { recursive: true })
    copyFileSync(join(catalogue, 'codecs', 'bzimage-xz'), join(catalogue, 'copy'))
    const whole = await run(['scan', catalogue, '-o', 'ndjson'])
    const shards = await Promise.all(
      [1, 2, 3].map(index => run(['scan', catalogue, '-o', 'ndjson', '--shard', `${index}/3`])),
    )
    const files = shards.map(({ stdout }, index) => {
      writeFileSync(at(`${index}.ndjson`), stdout)
      return at(`${index}.ndjson`)
    })
    const parts = shards.map(({ stdout }) => records(stdout).map(({ image }) => image))
    for (const part of parts) expect(part.length).toBeGreaterThan(0)
    expect(parts.flat().length).toBe(records(whole.stdout).length)
    const original = parts.find(part => part.includes(join(catalogue, 'codecs', 'bzimage-xz')))
    expect(original).toContain(join(catalogue, 'copy'))
    for (const order of [files, files.toReversed(), [files[1]!, files[0]!, files[2]!, files[1]!]]) {
      expect(await run(['merge', ...order])).toEqual({ code: 0, stdout: whole.stdout, stderr: '' })
    }
  })

  test('by reference need no look into a file, and merge names the parts that are missing', async () => {
    const scan = async (part: string, name: string, from = 'fixtures/catalogue') => {
      const output = `ndjson=${at(name)}`
      await run([
        'scan',
        from,
        '--shard',
        part,
        '--shard-by',
        'reference',
        '-o',
        output,
        '--fail-on',
        'never',
      ])
      return at(name)
    }
    const files = [await scan('1/3', 'p1'), await scan('2/3', 'p2'), await scan('3/3', 'p3')]
    const whole = await run(['scan', 'fixtures/catalogue', '-o', 'ndjson'])
    expect(await run(['merge', ...files])).toEqual({ code: 0, stdout: whole.stdout, stderr: '' })
    const missing = await run(['merge', files[0]!, files[2]!])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('part 2/3 is missing')])
    const other = await scan('2/3', 'other', 'fixtures/codecs')
    const mixed = await run(['merge', files[0]!, other, files[2]!])
    expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining('different lists of images')])
  })

  test.each(['0/2', '3/2', '1', 'a/b'])('%s is no part', async part => {
    const { code, stderr } = await run(['scan', 'fixtures/codecs', '--shard', part])
    expect([code, stderr]).toEqual([1, expect.stringContaining('such as 1/4')])
  })
})

describe('merge', () => {
  const line = (image: string, size = 1) =>
    JSON.stringify({ image, kind: 'unknown', facts: { version: 1, size, kind: 'unknown', layers: [] } })
  const write = (name: string, ...lines: string[]) => {
    writeFileSync(at(name), lines.map(text => `${text}\n`).join(''))
    return at(name)
  }

  test('takes more runs than a process may have open files', () => {
    const names = Array.from({ length: 500 }, (_, index) => String(index).padStart(3, '0'))
    const file = write('reversed', ...names.toReversed().map(name => line(name)))
    const words = [...command, 'merge', file].map(word => `'${word}'`).join(' ')
    const stdout = execFileSync('bash', ['-c', `ulimit -n 100; exec ${words}`], { encoding: 'utf8' })
    expect(records(stdout).map(({ image }) => image)).toEqual(names)
  })

  test('sorts as a walk does, also what several paths were named for', async () => {
    const one = write('one', line('b/z'), line('a-c'), line('a/b'))
    const two = write('two', line('a/b/c'), line('a'), line('B'))
    const { code, stdout } = await run(['merge', one, two, '-o', at('out')])
    expect([code, stdout]).toEqual([0, ''])
    const images = records(readFileSync(at('out'), 'utf8')).map(({ image }) => image)
    expect(images).toEqual(['B', 'a', 'a/b', 'a/b/c', 'a-c', 'b/z'])
  })

  test('tells of different records of one image, and keeps the same one in any order', async () => {
    const one = write('one', line('a'), line('b', 2))
    const two = write('two', line('a'), line('b', 1))
    const results = await Promise.all([run(['merge', one, two]), run(['merge', two, one])])
    for (const { code, stdout, stderr } of results) {
      expect(code).toBe(2)
      expect(stdout).toBe(`${line('a')}\n${line('b', 1)}\n`)
      expect(stderr).toBe(
        `xen-preflight: ${one}:2 and ${two}:2 have different records of one image; the latter is kept\n`,
      )
    }
  })

  test('says what it cannot read, and overwrites nothing that it reads', async () => {
    const one = write('one', line('a'), 'nonsense')
    const broken = await run(['merge', one])
    expect([broken.code, broken.stdout]).toEqual([1, ''])
    expect(broken.stderr).toBe(
      `xen-preflight: Cannot merge ${one}:2: expected a line of \`scan -o ndjson\`\n`,
    )
    const absent = await run(['merge', at('absent')])
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('the system says ENOENT')])
    mkdirSync(at('folder'))
    expect((await run(['merge', at('folder')])).stderr).toContain('the system says EISDIR')
    const same = await run(['merge', one, '-o', one])
    expect([same.code, same.stderr]).toEqual([1, expect.stringContaining('one of the files to read')])
    symlinkSync(one, at('link'))
    const before = readFileSync(one, 'utf8')
    expect((await run(['merge', one, '-o', at('link')])).code).toBe(1)
    expect(readFileSync(one, 'utf8')).toBe(before)
  })
})
