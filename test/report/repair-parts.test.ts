import { expect, test } from 'vitest'
import { planParts } from '../../src/report/repair-parts.ts'
import { DIRECT_VMLINUX } from '../../src/xen/remedies/by-cause.ts'
import { REPAIR } from '../../src/xen/remedies/own-command.ts'
import { remedy } from '../../src/xen/remedies/remedy.ts'
import { kernel } from '../xen/kernels.ts'

test('what repair cannot do is not offered as a repair', () => {
  const answer = {
    verdict: 'refuses',
    reason: 'It has no table of section names',
    remedies: [remedy('repack', 'Give the kernel a section header table', REPAIR), DIRECT_VMLINUX],
  }
  const target = { label: '4.1.6.1', mode: 'pv-domU' }
  const item = { target, label: '4.1.6.1', mode: 'pv-domU', before: answer, after: answer }
  const choice = {
    asked: [item],
    unavailable: [],
    incurable: [item],
    plan: { form: { kind: 'same' }, edit: { changes: [] }, accepted: [], open: [item] },
  }
  const texts = planParts(kernel(), choice as never).flatMap(part => part.texts)
  expect(texts.join('\n')).toContain('Unpack the vmlinux from the bzImage')
  expect(texts.join('\n')).not.toContain('Give the kernel a section header table')
})
