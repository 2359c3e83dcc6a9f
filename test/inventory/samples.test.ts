import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ColumnMap } from '../../src/inventory/columns.ts'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { leftOut, problemLine } from '../../src/inventory/problem.ts'

const directory = new URL('../../fixtures/inventories/', import.meta.url)
const names = readdirSync(fileURLToPath(directory))
  .filter(name => name !== 'README.md')
  .sort()
const columns: Record<string, ColumnMap> = {
  'hosts.csv': { host: 'Name', xen: 'Xen version', 'label.rack': 'Rack', modes: 'Boot modes', pool: 'Sites' },
  'netbox.json': { host: 'name', xen: 'custom_fields.xen_version', pool: 'site.name' },
}

describe('the samples of each format', () => {
  it.each(names)('%s', async name => {
    const text = readFileSync(new URL(name, directory), 'utf8')
    const map = columns[name]
    const { hosts, pools, placements, guests, passedOver, problems, readings } = parseInventory(
      text,
      name,
      map && { columns: map },
    )
    const golden = {
      adapter: readings[0]?.adapter,
      hosts,
      pools,
      placements,
      ...(readings[0]!.guests.length > 0 && { guests, passedOver }),
      problems: problems.map(problem => `${problem.severity} ${problem.code}: ${problemLine(problem)}`),
      leftOut: leftOut(problems),
    }
    // Regenerate with `npx vitest run test/inventory --update`; `-u` in front would take the path for its value.
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.golden`)
  })

  it('reads the same with Windows line ends, and without a last line end', () => {
    for (const name of names) {
      const text = readFileSync(new URL(name, directory), 'utf8')
      const map = columns[name]
      const parse = (given: string) => {
        const { hosts, problems } = parseInventory(given, name, map && { columns: map })
        return { hosts, problems }
      }
      expect(parse(text.replaceAll('\n', '\r\n')), name).toEqual(parse(text))
      expect(parse(text.trimEnd()), name).toEqual(parse(text))
      expect(parse(`\ufeff${text}`), name).toEqual(parse(text))
    }
  })
})
