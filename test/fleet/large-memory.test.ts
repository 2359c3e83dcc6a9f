import { expect, test } from 'vitest'
import { EngineLease } from '../../src/fleet/engines.ts'
import { FREE_MEMORY, LargeMemory, newTurn } from '../../src/fleet/large-memory.ts'

const ownerOf = (turn: SharedArrayBuffer) => Atomics.load(new Int32Array(turn), 0)

test('one worker at a time takes much memory, and gives the turn back', () => {
  const turn = newTurn()
  const [first, second] = [new LargeMemory(turn, 1), new LargeMemory(turn, 2)]
  first.claim(FREE_MEMORY)
  expect(ownerOf(turn)).toBe(0)
  first.claim(FREE_MEMORY + 1)
  first.claim(2 * FREE_MEMORY)
  expect(ownerOf(turn)).toBe(1)
  second.release()
  expect(ownerOf(turn)).toBe(1)
  first.release()
  second.claim(FREE_MEMORY + 1)
  expect(ownerOf(turn)).toBe(2)
})

test.each(['wasm', 'typescript'] as const)(
  'an engine that an image has grown has the turn until it is given back: %s',
  name => {
    const turn = newTurn()
    const lease = new EngineLease(name, new LargeMemory(turn, 7, 2 ** 20))
    const engine = lease.take()
    engine.reserve(engine.memory.length + 1)
    expect(ownerOf(turn)).toBe(7)
    lease.giveBack()
    expect(ownerOf(turn)).toBe(0)
  },
)
