import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { problemLine } from '../../src/document/problem.ts'
import { parseConfig } from '../../src/policy/config.ts'
import { configSchema } from '../../src/policy/schema.ts'

const problems = (text: string) => parseConfig(text, 'xen-preflight.yaml').problems.map(problemLine)

test('everything that it may say', () => {
  const { config, problems } = parseConfig(
    `# what we run
inventory: [fleet.yaml, more.csv]
modes: [pv-domU, pv-dom0]
fail-on: [breaks, unknown-feature]
baseline: last.json
ignore:
  - cause: codec-unsupported
    images: 'legacy/*'
    hosts: [lab-*, test1]
    mode: pv-dom0
    xen: 4.10
    reason: scrapped in March
    expires: 2027-03-31
  - hosts: lab-9
    reason: no guest
`,
    'xen-preflight.yaml',
  )
  expect(problems).toEqual([])
  expect(config).toEqual({
    inventory: ['fleet.yaml', 'more.csv'],
    modes: ['pv-domU', 'pv-dom0'],
    failOn: { severity: 'breaks', causes: ['unknown-feature'] },
    baseline: 'last.json',
    ignore: [
      {
        causes: ['codec-unsupported'],
        images: ['legacy/*'],
        hosts: ['lab-*', 'test1'],
        modes: ['pv-dom0'],
        xen: ['4.10'],
        reason: 'scrapped in March',
        expires: '2027-03-31',
        where: 'xen-preflight.yaml:7: ignore[0]',
      },
      { hosts: ['lab-9'], reason: 'no guest', where: 'xen-preflight.yaml:14: ignore[1]' },
    ],
  })
})

test('a file without a word in it says nothing', () => {
  expect(parseConfig('# later\n', 'x.yaml')).toEqual({ config: { ignore: [] }, problems: [] })
})

describe('what is wrong is named with line and field, all at once', () => {
  test.each([
    [
      'inventroy: a\n',
      'xen-preflight.yaml:1: inventroy: expected a known field such as inventory, found inventroy',
    ],
    [
      'fail-on: refused\n',
      'xen-preflight.yaml:1: fail-on: expected breaks, refuses, uncertain, never or a cause',
    ],
    [
      'ignore:\n  - {hosts: a}\n',
      'xen-preflight.yaml:2: ignore[0]: expected a rule with a reason, found no reason',
    ],
    [
      'ignore:\n  - {reason: tired}\n',
      'xen-preflight.yaml:2: ignore[0]: expected a rule with a reason, found none of cause, images, hosts, mode, xen',
    ],
    [
      'ignore:\n  - {hosts: a, reason: " "}\n',
      'xen-preflight.yaml:2: ignore[0].reason: expected a reason, found " "',
    ],
    ['ignore:\n  - {cause: no-nodes, reason: r}\n', '(did you mean no-notes?)'],
    ['ignore:\n  - {mode: pv, reason: r}\n', 'xen-preflight.yaml:2: ignore[0].mode: expected a boot mode'],
    [
      'ignore:\n  - {hosts: a, reason: r, expires: 2027-02-30}\n',
      'ignore[0].expires: expected a date such as 2027-03-31',
    ],
    [
      'ignore:\n  - {hosts: a, reason: r, expires: soon}\n',
      'ignore[0].expires: expected a date such as 2027-03-31',
    ],
    ['ignore: all\n', 'xen-preflight.yaml:1: ignore: expected a list of rules, found "all"'],
    ['modes: [pv]\n', 'xen-preflight.yaml:1: modes[0]: expected a boot mode'],
    ['- a\n', 'xen-preflight.yaml:1: expected a configuration, found a list'],
    ['a: [\n', 'expected YAML, found the end of the text too early'],
  ])('%s', (text, message) => {
    expect(problems(text).join('\n')).toContain(message)
  })

  test('two faults are two lines', () => {
    expect(problems('modes: 3\nbaseline: [a]\n')).toHaveLength(2)
  })
})

test('any text gives a configuration or a problem, and never throws', () => {
  const word = fc.constantFrom(
    'ignore',
    'fail-on',
    ':',
    '\n',
    ' ',
    '- ',
    'reason',
    '[',
    '{',
    '}',
    'never',
    '*a',
    '&a',
    '2027-01-01',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map(words => words.join('')),
      ),
      text => {
        expect(parseConfig(text, 'x')).toHaveProperty('config')
      },
    ),
  )
})

test('the published schema is the one that is checked', () => {
  const text = readFileSync(new URL('../../schema/config.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(text)).toEqual(configSchema)
})
