import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engine/engine.ts'
import { BASE } from '../../src/engine/memory.ts'
import { createEngine, engineModule } from '../../src/fleet/engines.ts'

const names: EngineName[] = ['wasm', 'typescript']

describe.each(names)('the %s engine', name => {
  it('has its name, and room for the record', () => {
    const engine = createEngine(name)
    expect(engine.name).toBe(name)
    expect(engine.memory.length).toBeGreaterThanOrEqual(BASE)
  })

  it('grows, keeps what it holds, and never shrinks', () => {
    const engine = createEngine(name)
    engine.memory.set([1, 2, 3], BASE - 3)
    engine.reserve(BASE + 100_000)
    expect(engine.memory.length).toBeGreaterThanOrEqual(BASE + 100_000)
    expect([...engine.memory.subarray(BASE - 3, BASE + 1)]).toEqual([1, 2, 3, 0])
    const { memory } = engine
    engine.reserve(1)
    expect(engine.memory).toBe(memory)
  })

  it('computes on the memory as it is after growing', () => {
    const engine = createEngine(name)
    engine.reserve(BASE + 16)
    engine.memory.set(new TextEncoder().encode('123456789'), BASE)
    expect(engine.crc32(BASE, 9, 0) >>> 0).toBe(0xcbf43926)
  })

  it('refuses what no engine can have', () => {
    const engine = createEngine(name)
    expect(() => engine.reserve(2 ** 32 + 1)).toThrow(RangeError)
    expect(engine.memory.length).toBeGreaterThanOrEqual(BASE)
  })

  it('shares nothing with another one', () => {
    const [one, other] = [createEngine(name), createEngine(name)]
    one.memory[BASE - 1] = 7
    expect(other.memory[BASE - 1]).toBe(0)
  })
})

describe('the WebAssembly build', () => {
  it('is compiled once, and taken from whoever hands it over', () => {
    expect(engineModule()).toBe(engineModule())
    expect(createEngine('wasm', engineModule()).name).toBe('wasm')
  })
})
