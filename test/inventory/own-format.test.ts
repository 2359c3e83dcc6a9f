import { describe, expect, it } from 'vitest'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { problemLine } from '../../src/inventory/problem.ts'

const problems = (text: string) => parseInventory(text, 'inventory.yaml').problems.map(problemLine)
const hosts = (text: string) => parseInventory(text, 'inventory.yaml').hosts.map(({ name }) => name)

describe('errors in an inventory', () => {
  const text = `hosts:
  - name: a
    xen: 4.1.5
  - name: b
    xen: 4.17.2
    labels:
      rack: r1
  - name: c
    modes:
      - pv-domU
    commandline: placeholder
    product: none

    xen: 417
  - name: d
    xen: 4.22.0
`
  it('name file, line, field, what was expected and what was found', () => {
    expect(problems(text)).toEqual([
      'inventory.yaml:14: hosts[2].xen: expected a Xen version such as 4.17.2 for host c, found 417',
    ])
  })
  it('leave the good hosts in use', () => expect(hosts(text)).toEqual(['a', 'b', 'd']))
  it('count the host once', () => {
    expect(parseInventory(text, 'inventory.yaml').problems).toMatchObject([{ leavesOut: 1 }])
  })

  it.each([
    ['hosts: [{nam: a, xen: 4.1.5}]', 'hosts[0].nam: expected a known field such as name, found nam'],
    ['hosts: [{nam: a, xen: 4.1.5}]', 'hosts[0]: expected a host with a name, found no name'],
    ['hosts: [{name: a, xen: 4.1.5, colour: red}]', 'expected one of name, pool, xen, labels, modes'],
    ['hosts: [{"": a, xen: 4.1.5}]', 'hosts[0]: expected a host with a name, found no name'],
    ['hosts: [{"": a, xen: 4.1.5}]', 'hosts[0][""]: expected one of name, pool'],
    ['hosts: [{name: " ", xen: 4.1.5}]', 'hosts[0].name: expected the name of a host, found " "'],
    ['hosts: [{name: "", xen: 4.1.5}]', 'hosts[0].name: expected the name of a host, found ""'],
    [
      'hosts: [{name: a, xen: [4.1.5]}]',
      'hosts[0].xen: expected a Xen version such as 4.17.2 for host a, found a list',
    ],
    [
      'hosts: [{name: a, xen: }]',
      'hosts[0].xen: expected a Xen version such as 4.17.2 for host a, found nothing',
    ],
    ['hosts: {a: 4.1.5}', 'hosts: expected a list of hosts, found a mapping'],
    ['hosts: []\nhost: []', 'host: expected a known field such as hosts, found host'],
    ['hosts: [{name: a, xen: 4.1.5, modes: [pvh]}]', 'hosts[0].modes[0]: expected a boot mode (pv-domU'],
    ['hosts: [{name: a, xen: 4.1.5, modes: [PV-DomU]}]', 'found "PV-DomU" (did you mean pv-domU?)'],
    [
      'hosts: [{name: a, xen: 4.1.5, build: {pv32: no}}]',
      'build.pv32: expected true or false for host a, found "no"',
    ],
    [
      'hosts: [{name: a, xen: 4.1.5, build: {decoders: {xy: true}}}]',
      'build.decoders.xy: expected a known field such as xz',
    ],
    ['hosts: [{name: a, xen: 4.1.5, labels: {r: [1]}}]', 'hosts[0].labels.r: expected a text, a number'],
    [
      'hosts: [{name: a, xen: 4.1.5, labels: {"a/b~c %": [1]}}]',
      'hosts[0].labels["a/b~c %"]: expected a text',
    ],
    ['hosts: [{name: a, xen: 4.1.5, gates: {unknown-optional-feature: {}}}]', 'found a mapping'],
    [
      'pools: {"12": {members: 4}}',
      'pools.12.members: expected the name of a host or a list of such, found 4',
    ],
    ['placements: [{host: a}]', 'placements[0]: expected images with a host or a pool, found no images'],
    [
      'placements: [{images: a}]',
      'placements[0]: expected images with a host or a pool, found none of host, pool',
    ],
    [
      'hosts: [{name: a, xen: 4.1.5}]\nplacements: [{host: a, images: x, boot: pygrab}]',
      'boot: expected a boot path (direct, pygrub, ',
    ],
    [
      'hosts: [{name: a, xen: 4.1.5}]\nplacements: [{host: b, images: x}]',
      'host: expected a host of the inventory, found b',
    ],
    [
      'hosts: [{name: a, xen: 4.1.5}]\nplacements: [{host: "b*", images: x}]',
      'expected a host of the inventory, found b*',
    ],
    [
      'hosts: [{name: a, xen: 4.1.5}]\nplacements: [{pool: b, images: x}]',
      'pool: expected a pool of the inventory, found b',
    ],
    [
      'hosts:\n  - name: a\n    name: b\n',
      'inventory.yaml:3: hosts[0].name: expected once for host a, found again after line 2',
    ],
    ['hosts:\n  - name: a\n    xen: *none\n', 'expected an anchor &none before the alias *none, found none'],
    ['hosts: [{name: a, xen: 4.1.5}', 'expected YAML, found the end of the text too early'],
    ['{"hosts": [{"name": "a", "xen": "4.1.5",,}]}', 'expected JSON, found something else at ",}]}"'],
    [`hosts: ${'['.repeat(200)}`, 'expected at most 100 levels of nesting, found more'],
  ])('%s', (yaml, message) => {
    expect(problems(yaml).filter(line => line.includes(message))).toHaveLength(1)
    expect(problems(yaml).every(line => /^inventory\.yaml:\d+: /.test(line))).toBe(true)
  })

  it('in the mode of a placement leave it out: it was not meant to be of any mode', () => {
    const {
      placements,
      problems: found,
      readings,
    } = parseInventory(
      'hosts: [{name: a, xen: 4.1.5}]\nplacements:\n- {host: a, images: x, mode: pvh_domu}\n- {host: a, images: y}\n',
      'inventory.yaml',
    )
    expect(placements.map(({ images }) => images)).toEqual([[{ glob: 'y' }]])
    expect(found.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'placements[0].mode: expected a boot mode (pv-domU, pv-dom0, pvh-domU, pvh-dom0), found "pvh_domu" (did you mean pvh-domU?): the placement is left out',
    ])
    expect(readings[0]!.lacksPlacements).toBe(true)
  })
  it('in modes and decoders are not what was not said', () => {
    const { hosts: found } = parseInventory(
      'hosts:\n- {name: a, xen: 4.1.5, modes: [pvh], build: {decoders: [gzip, zip]}}\n- {name: b, xen: 4.1.5, modes: [pvh, pv-domU]}\n',
      'inventory.yaml',
    )
    expect(found[0]).toMatchObject({ modes: [], decoders: { gzip: true } })
    expect(found[0]!.decoders).not.toHaveProperty('xz')
    expect(found[1]!.modes).toEqual(['pv-domU'])
  })
  it('are all told at once', () => {
    expect(
      problems('hosts:\n- {name: a, xen: 1}\n- {nome: b}\n- {name: c, xen: 4.1.5, x: 1}\n'),
    ).toHaveLength(4)
  })
  it('of a hundred thousand hosts do not end in an overflow', () => {
    const bad = Array.from({ length: 100_000 }, (_, index) => ({ name: index }))
    expect(problems(JSON.stringify({ hosts: bad }))).toHaveLength(100_000)
  })
  it.each([
    ['{"hosts": [\n{"name": "a", "xen": "4.1.5"},\n{"name": "b" "xen": 4}\n]', 3, 'JSON'],
    ['{"hosts": [\n{"name": "a", "xen: "4.1.5"},\n{"nome": "b"}]}', 2, 'JSON'],
    ['hosts:\n  - name: a\n    xen: 4.1.5\n   colour: red\n  - nome: b\n', 4, 'YAML'],
    ['hosts:\n  - {name: a, xen: 4.1.5}\n  - {name: b, xen: 4.1.5\n  - {nome: c}\n', 4, 'YAML'],
    ['hosts:\n  - name: a: b\n    xen: 4\n', 2, 'YAML'],
    ['hosts:\n\t- name: a\n', 2, 'YAML'],
    [`hosts:\n${' a: 1\nb: 2\n'.repeat(500)}`, 3, 'YAML'],
  ])(
    'of syntax are told once, in words of ours, and nothing else of such a text: %j',
    (yaml, line, language) => {
      const { hosts, problems: found } = parseInventory(yaml, 'inventory.yaml')
      expect(hosts).toEqual([])
      expect(found).toEqual([
        {
          ...{ code: 'syntax', severity: 'error', file: 'inventory.yaml', line },
          message: expect.stringMatching(`^expected ${language}, found .* (?:at|too early)`),
        },
      ])
    },
  )
  it('after a document leave it in use', () => {
    expect(hosts('{"hosts": [{"name": "a", "xen": "4.1.5"}]} else')).toEqual(['a'])
    expect(hosts('hosts: [{name: a, xen: 4.1.5}]\n---\nhosts: []\n')).toEqual(['a'])
  })
  it('do not let aliases grow without bound', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `x${i + 1}: &x${i + 1} [${`*x${i},`.repeat(10)}]`)
    const yaml = `hosts: []\nx0: &x0 [a]\n${levels.join('\n')}\n`
    expect(problems(yaml).join('\n')).toContain('expected at most 100000 values by alias, found more')
  })
})

describe('what an inventory says', () => {
  const one = (fields: string) =>
    parseInventory(`hosts: [{name: a, xen: 4.17.2, ${fields}}]`, 'i.yaml').hosts[0]
  it('of decoders, as a list or as what differs', () => {
    expect(one('build: {decoders: [gzip, lz4]}')?.decoders).toEqual({
      ...{ gzip: true, bzip2: false, lzma: false, xz: false, lzo: false, lz4: true, zstd: false },
    })
    expect(one('build: {decoders: {xz: false}}')?.decoders).toEqual({ xz: false })
  })
  it('of capabilities, as a list or as the line of xl info', () => {
    expect(one('capabilities: {xen: xen-3.0-x86_64 hvm-3.0-x86_64}')?.xenCaps).toHaveLength(2)
    expect(one('capabilities: {virt: [pv, hvm]}')?.virtCaps).toEqual(['pv', 'hvm'])
  })
  it('of labels, as they are written', () => {
    expect(one('labels: {rack: 007, floor: 1.50, spare: true, __proto__: x}')?.labels).toEqual(
      Object.fromEntries(
        Object.entries({ rack: '007', floor: '1.50', spare: 'true' }).concat([['__proto__', 'x']]),
      ),
    )
  })
  it('of images, by glob or digest', () => {
    const digest = `sha256:${'A'.repeat(64)}`
    const yaml = `hosts: [{name: a, xen: 4.17.2}]\nplacements: [{host: a, images: [x/*, ${digest}]}]`
    const { placements, problems } = parseInventory(yaml, 'i.yaml')
    expect(problems).toEqual([])
    expect(placements[0]?.images).toEqual([{ glob: 'x/*' }, { digest: digest.toLowerCase() }])
  })
  it('twice by anchor and alias', () => {
    const yaml =
      'hosts:\n  - name: a\n    xen: 4.4.4\n    build: &b {pv32: false}\n  - {name: b, xen: 4.4.4, build: *b}\n'
    const { hosts, problems } = parseInventory(yaml, 'i.yaml')
    expect(problems).toEqual([])
    expect(hosts.map(({ pv32 }) => pv32)).toEqual([false, false])
  })
})

describe('pools', () => {
  const yaml = `pools:
  p: {xen: 4.4.4, labels: {site: fra, tier: x}, members: [a, b]}
  q: {labels: {site: ams}, modes: [pv-domU]}
hosts:
  - {name: a, xen: 4.17.2, labels: {tier: y}, pool: q}
`
  const inventory = parseInventory(yaml, 'i.yaml')
  it('fill what their hosts leave open, the first one first', () => {
    expect(inventory.hosts[0]).toMatchObject({
      ...{ name: 'a', xen: '4.17.2', pools: ['q', 'p'], modes: ['pv-domU'] },
      labels: { tier: 'y', site: 'ams' },
    })
  })
  it('make hosts of members that are described nowhere else', () => {
    expect(inventory.hosts[1]).toMatchObject({
      name: 'b',
      xen: '4.4.4',
      source: { line: 2, how: 'default of pool p' },
    })
  })
  it('list the hosts in them', () => {
    expect(inventory.pools.map(({ name, members }) => [name, members])).toEqual([
      ['p', ['a', 'b']],
      ['q', ['a']],
    ])
  })
  it('without a version leave their members out', () => {
    expect(problems('pools:\n  p:\n    members: [a]\n')).toEqual([
      'inventory.yaml:2: expected a Xen version such as 4.17.2 for host a, found none',
    ])
  })
  it('that were probably meant are named', () => {
    expect(problems('pools: {cloud-a: {}}\nhosts: [{name: a, xen: 4.1.5, pool: cloud_a}]\n')).toEqual([
      'inventory.yaml:2: expected a declared pool such as cloud-a for host a, found cloud_a',
    ])
  })
})
