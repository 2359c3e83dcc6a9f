import { describe, expect, test } from 'vitest'
import { Budget, DEFAULT_BUDGET, STEPS_A_SECOND } from '../../src/containers/budget.ts'

describe('what a container may cost', () => {
  test('is counted in steps and by no clock: the work ends at the same step each time', () => {
    const stepsUntilEnd = () => {
      const budget = new Budget({ steps: 1000 })
      let steps = 0
      try {
        for (;;) {
          budget.step('tar', undefined, 7)
          steps++
        }
      } catch (error) {
        expect(error).toMatchObject({
          code: 'container-limit',
          message: 'Cannot read the tar: it takes more than 1000 steps',
        })
      }
      return steps
    }
    expect(stepsUntilEnd()).toBe(142)
    expect(stepsUntilEnd()).toBe(142)
  })

  test('is two minutes of steps unless told otherwise', () => {
    expect(DEFAULT_BUDGET.steps).toBe(120 * STEPS_A_SECOND)
  })
})
