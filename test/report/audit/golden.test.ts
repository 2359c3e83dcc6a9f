import { describe, expect, it } from 'vitest'
import { formatNames, render, sampleNames, samples } from './render.ts'

const golden = (name: string) =>
  new URL(`../../../fixtures/golden/audit/${name}.golden`, import.meta.url).pathname

describe.each(sampleNames)('%s', sample => {
  // Made anew by `npx vitest run test/report/audit -u`.
  it.each(formatNames)('reads as it did: %s', async format => {
    await expect(render(format, samples[sample]())).toMatchFileSnapshot(golden(`${sample}.${format}`))
  })
})

it('reads as it did: table in colours', async () => {
  await expect(render('table', samples.upgrade(), { colour: true })).toMatchFileSnapshot(
    golden('upgrade.table-colour'),
  )
})
