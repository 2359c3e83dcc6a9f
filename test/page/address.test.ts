import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, type Place, placeAt } from '../../src/page/address.ts'
import { Model } from '../../src/page/model.ts'
import { firstSettings, ORDERS } from '../../src/page/settings.ts'
import { encodeAudit } from '../../src/report/html/encode.ts'
import { looks } from '../../src/report/html/words.ts'
import { sampleAddition, sampleAudit, sampleUpgrade } from '../report/sample-audit.ts'

const models = [sampleAudit, sampleUpgrade, sampleAddition].map(sample => new Model(encodeAudit(sample())))

const placesOf = (model: Model): fc.Arbitrary<Place> => {
  const { modes, causes, kernels, builds } = model.data
  const index = (list: readonly unknown[]) => fc.nat({ max: list.length - 1 })
  const settings = fc.record({
    mode: index(modes),
    show: fc.constantFrom(...model.shows),
    looks: fc.subarray([...looks]).map(list => new Set(list)),
    cause: fc.option(index(causes), { nil: undefined }),
    laterRefusals: fc.boolean(),
    fresh: fc.boolean(),
    added: fc.boolean(),
    kernel: fc.string(),
    build: fc.string({ unit: 'binary' }),
    order: fc.constantFrom(...ORDERS),
    columns: fc.constantFrom('builds' as const, 'series' as const),
    together: fc.boolean(),
    folded: fc.uniqueArray(fc.string()).map(list => new Set(list)),
    unfolded: fc.subarray(['0', '1', '2']).map(list => new Set(list)),
  })
  const build = index(builds).map(at => [at])
  const kernel = index(kernels)
  const target = fc.oneof(
    fc.record({ kind: fc.constant('kernel' as const), kernel }),
    build.map(list => ({ kind: 'builds' as const, label: builds[list[0]!]!.label, builds: list })),
    fc.record({ kind: fc.constant('cell' as const), kernel, builds: build, mode: index(modes) }),
  )
  return fc.oneof(fc.record({ settings }), fc.record({ settings, target }))
}

describe('the address of a place', () => {
  it.each(models)('leads back to it, whatever was asked for', model => {
    fc.assert(
      fc.property(placesOf(model), place => {
        const address = addressOf(model, place)
        expect(placeAt(model, address)).toEqual(place)
        expect(address).not.toMatch(/[\s"<>]/)
      }),
    )
  })

  it('leaves out what is as it is at first, and is no address of the section', () => {
    const [model] = models
    const settings = firstSettings(model!)
    expect(addressOf(model!, { settings })).toBe('#matrix?all')
    expect(placeAt(model!, '#matrix?all')).toEqual({ settings })
    expect(placeAt(model!, '#matrix')).toBeUndefined()
    expect(placeAt(model!, '#causes')).toBeUndefined()
  })

  it('passes over what is none of this report', () => {
    const [model] = models
    const settings = firstSettings(model!)
    for (const query of [
      'mode=x&rows=y&cause=999',
      'of=9999',
      'on=1,9999',
      'of=0&on=0&as=none',
      'cause=-1',
      '%%%',
    ]) {
      expect(placeAt(model!, `#matrix?${query}`)).toEqual({ settings })
    }
    fc.assert(
      fc.property(fc.string(), text => {
        expect(() => placeAt(model!, `#matrix?${text}`)).not.toThrow()
      }),
    )
  })

  it('of kernels that answer alike names one of them', () => {
    const [model] = models
    const alike = model!.alike(0)[0]!
    const target = { kind: 'cell' as const, kernel: alike[0]!, builds: [0], mode: 0, alike }
    const address = addressOf(model!, { settings: firstSettings(model!), target })
    expect(placeAt(model!, address)?.target).toEqual(target)
  })
})
