// A catalogue and an inventory to a report.
import { readFileSync } from 'node:fs'
import { audit, auditFormats, parseInventory, scanFiles, walkPaths, xenVerdicts } from 'xen-preflight'

const [catalogue, file] = process.argv.slice(2)
const images = []
for await (const batch of scanFiles(walkPaths([catalogue]), { engine: 'wasm', workers: 2, read: {} })) {
  for (const { found, result } of batch) {
    for (const { json } of result.records) images.push({ image: found.address, record: JSON.parse(json) })
  }
}
const inventory = parseInventory(readFileSync(file, 'utf8'), file)
const result = audit({
  images,
  inventory,
  files: [file],
  modes: ['pv-domU'],
  judge: xenVerdicts(),
  tool: 'fleet.mjs',
  created: '2026-01-01T00:00:00Z',
})
console.log([auditFormats.table(result, { colour: false, width: 100 })].flat().join(''))
