import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { inventorySchema } from '../../src/inventory/schema.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const valid = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(
  inventorySchema,
)

it('the published schema is the one that is checked', () => {
  expect(JSON.parse(text('schema/inventory.schema.json'))).toEqual(inventorySchema)
})

it.each(['fixtures/inventory.yaml', 'fixtures/inventories/full.yaml'])('%s is valid', path => {
  const { problems } = parseInventory(text(path), path)
  expect(problems).toEqual([])
  // Versions are text in the schema; YAML readers other than ours may see a number in 4.10.
  expect(valid(parse(text(path), { schema: 'core', customTags: tags => tags.slice(0, -3) }))).toBe(true)
})

it('finds the same inventories wrong as another implementation of JSON Schema', () => {
  const some = fc.oneof(
    fc.constant('a'),
    fc.constant(417),
    fc.constant(true),
    fc.constant(null),
    fc.constant(['a']),
  )
  const host = fc.record(
    {
      ...{
        name: some,
        xen: some,
        pool: some,
        product: some,
        commandline: some,
        'patch-level': some,
        extra: some,
      },
      labels: fc.oneof(some, fc.record({ rack: some })),
      modes: fc.oneof(some, fc.array(fc.constantFrom('pv-domU', 'pvh-dom0', 'pv'))),
      build: fc.oneof(
        some,
        fc.record({ pv: some, decoders: fc.oneof(some, fc.constant(['xz']), fc.record({ xz: some })) }),
      ),
      gates: fc.oneof(some, fc.record({ g: some })),
    },
    { requiredKeys: [] },
  )
  const placement = fc.record(
    { host: some, pool: some, images: some, mode: some, boot: some },
    { requiredKeys: [] },
  )
  const inventory = fc.record(
    { hosts: fc.array(host, { maxLength: 2 }), placements: fc.array(placement, { maxLength: 2 }) },
    { requiredKeys: ['hosts'] },
  )
  fc.assert(
    fc.property(inventory, document => {
      const { problems } = parseInventory(JSON.stringify(document), 'i.json')
      const bySchema = problems.filter(({ code }) => code === 'wrong-value' || code === 'unknown-field')
      expect(bySchema.length > 0).toBe(!valid(document))
    }),
    { numRuns: 500 },
  )
})
