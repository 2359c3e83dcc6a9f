import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemReason } from '../../../src/source/node/system-problem.ts'

test('the code of a system call that failed, else what its error says', () => {
  let raised: unknown
  try {
    readFileSync(join(tmpdir(), 'xen-preflight-is-not-there'))
  } catch (error) {
    raised = error
  }
  expect(systemReason(raised)).toBe('ENOENT')
  expect(systemReason(new Error('File too large (os error 27)'))).toBe('File too large (os error 27)')
  expect(systemReason('nothing')).toBe('nothing')
})
